internal import Corpus
internal import Glibc
internal import SQLite
internal import VectorSearch

/// Keeps a library's folder small: few segments, and nothing that the catalogue does not name.
extension LibraryWriter {
    /// Rows under which segments are always joined: reading a few thousand rows costs nothing.
    private static let smallSegmentRows = 4096

    /// Whether a search that reads eight-bit copies of the rows first is faster than one of the
    /// 16-bit rows alone; both find the same. Measured on two cores, best 100 of rows of 384: as
    /// fast at 8 000 rows, 1.3 times at 16 000, where rows outgrow the cache, 3 times and more at
    /// 100 000. Short rows gain nothing: their bounds cost as much as reading them.
    static func shouldSketch(rows: Int, dimension: Int) -> Bool {
        dimension >= 192 && rows >= 6_000_000 / dimension
    }

    private struct StoredSegment {
        var id: Int64
        var fileName: String
        var rows: Int
        /// Rows that an asset claims.
        var liveRows: Int
    }

    /// Joins small or half-dead segments of each space into one.
    ///
    /// Sizes stay roughly geometric, as in a log-structured merge tree, so that each row is copied
    /// a logarithmic number of times however a library grows.
    /// - Parameter purging: copies every segment that has a dead row.
    func compact(purging: Bool = false) throws {
        segmentsSinceCompaction = 0
        for space in VectorSpace.Name.allCases {
            try dropDeadSegments(of: space)
            let segments = try segments(of: space).sorted { $0.liveRows < $1.liveRows }
            var joined: [StoredSegment] = []
            var rows = 0
            for segment in segments {
                let isDue =
                    segment.liveRows * 2 < segment.rows
                    || (purging && segment.liveRows < segment.rows)
                guard isDue || segment.liveRows <= max(Self.smallSegmentRows, 2 * rows) else {
                    // One that is due may come later: they are in order of what lives in them.
                    if purging { continue }
                    break
                }
                joined.append(segment)
                rows += segment.liveRows
            }
            let hasDeadRows = joined.contains { $0.liveRows < $0.rows }
            guard joined.count > 1 || (hasDeadRows && rows > 0) else { continue }
            try join(joined, of: space)
        }
    }

    /// Removes every file that no row names, as a run that was cut short may have left.
    func sweep() throws {
        try sweepSegments()
        try sweepThumbnails()
    }

    /// After a power cut pictures may be gone that were never flushed: their assets lose what says
    /// that they are done, and are read again.
    func forgetAssetsWithoutPictures() throws {
        var assets: Set<AssetID> = []
        try connection.statement("SELECT asset, time_ms FROM key_frames").forEachRow { row in
            let name = ThumbnailName(
                asset: AssetID(value: max(0, row.int(0))), milliseconds: Int(row.int(1)))
            var status = stat()
            if stat(paths.thumbnail(name), &status) != 0 || status.st_size == 0 {
                assets.insert(name.asset)
            }
            return true
        }
        guard !assets.isEmpty else { return }
        try changing { for asset in assets { try markUnfinished(asset) } }
    }

    func sweepSegments() throws {
        for path in try Rubbish(connection: connection, paths: paths).segments() { unlink(path) }
    }

    private func sweepThumbnails() throws {
        for path in try Rubbish(connection: connection, paths: paths).thumbnails() { unlink(path) }
        for folder in DurableFile.names(in: paths.thumbnails) {
            rmdir(paths.thumbnails + "/" + folder)  // Succeeds only when nothing is left in it.
        }
    }

    private func segments(of space: VectorSpace.Name) throws -> [StoredSegment] {
        try connection.statement(
            """
            SELECT id, file_name, vector_segments.rows, total(asset_vectors.rows)
            FROM vector_segments LEFT JOIN asset_vectors ON asset_vectors.segment = id
            WHERE vector_segments.space = ? GROUP BY id
            """
        ).rows(space.rawValue) { row in
            StoredSegment(
                id: row.int(0), fileName: row.text(1), rows: Int(row.int(2)),
                liveRows: Int(row.double(3)))
        }
    }

    private func dropDeadSegments(of space: VectorSpace.Name) throws {
        let dead = try segments(of: space).filter { $0.liveRows == 0 }
        guard !dead.isEmpty else { return }
        try changing {
            for segment in dead {
                try connection.statement("DELETE FROM vector_segments WHERE id = ?").run(segment.id)
            }
        }
    }

    /// Copies the live rows of some segments into a new one, and lets their assets claim it.
    private func join(_ segments: [StoredSegment], of space: VectorSpace.Name) throws {
        let generation =
            try connection.statement("SELECT generation FROM library")
            .first { $0.int(0) + 1 } ?? 1
        let name = segmentName(space, generation: generation)
        let sources = try segments.map { try VectorSegment(path: paths.segment($0.fileName)) }
        guard let first = sources.first else { return }
        let writer = try VectorSegmentWriter(
            path: paths.segment(name), dimension: first.dimension,
            element: first.element, generation: UInt64(generation),
            sketch: Self.shouldSketch(
                rows: segments.reduce(0) { $0 + $1.liveRows }, dimension: first.dimension))
        var assets: [(id: AssetID, firstRow: Int, rows: Int)] = []
        var nextRow = 0
        for (segment, source) in zip(segments, sources) {
            let held = try connection.statement(
                "SELECT \(ClaimRow.columns) FROM asset_vectors WHERE segment = ? ORDER BY first_row"
            ).rows(segment.id, read: ClaimRow.reading)
            for claim in held {
                try writer.append(rows: claim.firstRow..<claim.firstRow + claim.rows, of: source)
                assets.append((claim.asset, nextRow, claim.rows))
                nextRow += claim.rows
            }
        }
        let joined = SegmentRows.Segment(
            name: name, rows: nextRow, checksum: try writer.finish())
        try changing {
            try claim(SegmentRows(space: space, segment: joined, assets: assets))
            for segment in segments {
                try connection.statement("DELETE FROM vector_segments WHERE id = ?").run(segment.id)
            }
        }
    }
}
