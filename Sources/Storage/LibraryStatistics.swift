package import Corpus
internal import SQLite

extension LibraryReader {
    /// Of the commit that this reader sees; takes a millisecond or two.
    package func counts() throws -> LibraryCounts { try catalog.counts() }

    package func passagesBySource() throws -> [PassageSource: Int] {
        try catalog.passagesBySource()
    }

    package func spaceStatistics() throws -> [SpaceStatistics] {
        try catalog.spaces().map { space in
            SpaceStatistics(
                name: space.name.rawValue, model: space.model, dimension: space.dimension,
                segments: try catalog.segments(of: space.name, in: paths))
        }
    }

    /// Walks the folders of the library.
    package func storeSizes() -> StoreSizes {
        StoreSizes(
            catalog: DurableFile.size(of: paths.catalog),
            writeAheadLog: DurableFile.size(of: paths.catalog + "-wal"),
            vectors: DurableFile.names(in: paths.vectors).reduce(0) {
                $0 + DurableFile.size(of: paths.segment($1))
            },
            pictures: DurableFile.names(in: paths.thumbnails).reduce(0) { total, folder in
                let folder = paths.thumbnails + "/" + folder
                return DurableFile.names(in: folder).reduce(total) {
                    $0 + DurableFile.size(of: folder + "/" + $1)
                }
            })
    }

    package func fileCounts() throws -> FileCounts { try catalog.fileCounts() }
}

extension Catalog {
    func counts() throws -> LibraryCounts {
        var counts = LibraryCounts()
        try connection.statement(
            """
            SELECT kind, count(*), total(duration_ms),
                total((SELECT max(size) FROM files WHERE files.asset = assets.id))
            FROM assets GROUP BY kind
            """
        ).forEachRow { row in
            guard let kind = AssetKind(rawValue: row.text(0)) else { return true }
            counts.kinds[kind] = LibraryCounts.Kind(
                assets: Int(row.int(1)), mediaSeconds: row.double(2) / 1000,
                fileBytes: Int64(row.double(3)))
            return true
        }
        counts.keyFrames = try count("SELECT count(*) FROM key_frames")
        counts.passages = try count("SELECT count(*) FROM passages")
        return counts
    }

    func passagesBySource() throws -> [PassageSource: Int] {
        var counts: [PassageSource: Int] = [:]
        try connection.statement("SELECT source, count(*) FROM passages GROUP BY source")
            .forEachRow { row in
                if let source = PassageSource(rawValue: row.text(0)) {
                    counts[source] = Int(row.int(1))
                }
                return true
            }
        return counts
    }

    func segments(
        of space: VectorSpace.Name, in paths: LibraryPaths
    ) throws -> [SpaceStatistics.Segment] {
        try connection.statement(
            """
            SELECT file_name, vector_segments.rows, total(asset_vectors.rows)
            FROM vector_segments LEFT JOIN asset_vectors ON asset_vectors.segment = id
            WHERE vector_segments.space = ? GROUP BY id ORDER BY id
            """
        ).rows(space.rawValue) { row in
            SpaceStatistics.Segment(
                name: row.text(0), rows: Int(row.int(1)), liveRows: Int(row.double(2)),
                bytes: DurableFile.size(of: paths.segment(row.text(0))))
        }
    }

    func fileCounts() throws -> FileCounts {
        let used = try count("SELECT count(*) FROM files WHERE asset NOT NULL")
        let removed =
            try connection.statement(
                "SELECT count(*) FROM files WHERE asset IS NULL AND problem = ?"
            )
            .first(FileRecord.removal) { Int($0.int(0)) } ?? 0
        let unusable = try count("SELECT count(*) FROM files WHERE problem NOT NULL")
        return FileCounts(used: used, unusable: unusable - removed, removed: removed)
    }

    private func count(_ sql: String) throws -> Int {
        try connection.statement(sql).first { Int($0.int(0)) } ?? 0
    }
}
