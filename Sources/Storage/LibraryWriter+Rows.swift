internal import Corpus
internal import Glibc
internal import SQLite
internal import TextSearch
internal import VectorSearch

/// What a commit writes: files beside the catalogue first, then rows, inside one transaction.
extension LibraryWriter {
    // MARK: Files

    func writeThumbnails(of record: AssetRecord) throws {
        for (name, picture) in zip(thumbnails(of: record), record.thumbnails) {
            if thumbnailFolders.insert(name.folder).inserted {
                try DurableFile.makeFolder(paths.thumbnails + "/" + name.folder)
            }
            try DurableFile.writeDerived(picture, to: paths.thumbnail(name))
        }
    }

    private func thumbnails(of record: AssetRecord) -> [ThumbnailName] {
        record.keyFrames.map {
            ThumbnailName(
                asset: record.asset.id, milliseconds: StoredTime.milliseconds($0.timeSeconds))
        }
    }

    /// The rows that a batch has in one space: those of a segment, one asset's after the other's.
    struct SegmentRows {
        struct Segment {
            var name: String
            var rows: Int
            /// Of the file's own checksums.
            var checksum: UInt32
        }

        var space: VectorSpace.Name
        /// Nil when there are no rows.
        var segment: Segment?
        var assets: [(id: AssetID, firstRow: Int, rows: Int)] = []
    }

    func segmentName(_ space: VectorSpace.Name, generation: Int64) -> String {
        "\(space.rawValue)-\(generation).segment"
    }

    func writeVectors(
        of records: [AssetRecord], in space: VectorSpace, generation: Int64
    ) throws -> SegmentRows {
        var written = SegmentRows(space: space.name)
        var total = 0
        for record in records {
            guard let values = record.vectors[space.name] else { continue }
            let rows = record.rowCount(of: space.name)
            guard values.count == rows * space.dimension else {
                throw StorageError.wrongRowCount(
                    space: space.name.rawValue, expected: rows,
                    got: values.count / max(1, space.dimension))
            }
            written.assets.append((record.asset.id, total, rows))
            total += rows
        }
        guard total > 0 else { return written }
        let name = segmentName(space.name, generation: generation)
        let writer = try VectorSegmentWriter(
            path: paths.segment(name), dimension: space.dimension, element: .float16,
            generation: UInt64(generation),
            sketch: Self.shouldSketch(rows: total, dimension: space.dimension))
        for record in records {
            try record.vectors[space.name]?.withUnsafeBufferPointer { try writer.append($0) }
        }
        written.segment = SegmentRows.Segment(
            name: name, rows: total, checksum: try writer.finish())
        return written
    }

    // MARK: Inside a transaction

    /// Runs `body` in a transaction that makes the next generation.
    func changing(_ body: () throws -> Void) throws {
        discardedThumbnails = []
        abandonedAssets = []
        try connection.transaction {
            // A file may name an asset that is being replaced, or comes later.
            try connection.execute("PRAGMA defer_foreign_keys = ON")
            try body()
            try connection.statement("UPDATE library SET generation = generation + 1").run()
        }
        hasChanged = true
        try markGeneration()
        for picture in discardedThumbnails { unlink(picture) }
    }

    func upsert(_ file: FileRecord) throws {
        try abandon(file.path)
        try FileRow(file, recordedNanoseconds: Self.nanosecondsSince1970()).write(to: connection)
    }

    /// Remembers whose file a path was, before its row is changed.
    func abandon(_ path: String) throws {
        let asset = try connection.statement("SELECT asset FROM files WHERE path = ?")
            .first(path) { $0.optionalInt(0) }
        if let asset, let asset { abandonedAssets.insert(AssetID(value: max(0, asset))) }
    }

    /// Removes assets that no file holds any longer, of those that lost one.
    func removeOrphans() throws {
        for asset in abandonedAssets.sorted() {
            let isHeld = try connection.statement("SELECT 1 FROM files WHERE asset = ? LIMIT 1")
                .first(asset.value) { _ in true }
            if isHeld == nil { try removeRows(of: asset) }
        }
        abandonedAssets = []
    }

    /// Takes out an asset, whether it goes or is being replaced.
    func removeRows(of asset: AssetID) throws {
        guard try companions(of: asset) != nil else { return }
        let pictures = try connection.statement("SELECT time_ms FROM key_frames WHERE asset = ?")
            .rows(asset.value) { ThumbnailName(asset: asset, milliseconds: Int($0.int(0))) }
        discardedThumbnails.formUnion(pictures.map(paths.thumbnail))
        try texts.removePassages(of: asset)
        try AssetRow.remove(asset, from: connection)
        hasRemovedPassages = true
    }

    func insert(_ record: AssetRecord, companions: String, generation: Int64) throws {
        try AssetRow(record, companions: companions, generation: generation)
            .insert(into: connection)
        for row in KeyFrameRow.rows(of: record) { try row.insert(into: connection) }
        discardedThumbnails.subtract(thumbnails(of: record).map(paths.thumbnail))
        for (ordinal, passage) in record.passages.enumerated() {
            _ = try texts.add(passage, asset: record.asset.id, ordinal: ordinal)
        }
    }

    /// Keeps an asset, without what says that it is done: the next run reads its file again.
    func markUnfinished(_ asset: AssetID) throws {
        try connection.statement("DELETE FROM asset_steps WHERE asset = ?").run(asset.value)
        try connection.statement("DELETE FROM asset_vectors WHERE asset = ?").run(asset.value)
        let row = try connection.statement("SELECT \(AssetRow.columns) FROM assets WHERE id = ?")
            .first(asset.value) { try AssetRow(reading: $0, from: connection) }
        if let row {
            try connection.statement("UPDATE assets SET checksum = ? WHERE id = ?")
                .run(row.checksum, asset.value)
        }
    }

    func claim(_ rows: SegmentRows) throws {
        var id: Int64?
        if let segment = rows.segment {
            try connection.statement(
                "INSERT INTO vector_segments (space, file_name, rows, checksum) VALUES (?, ?, ?, ?)"
            ).run(rows.space.rawValue, segment.name, segment.rows, Int64(segment.checksum))
            id = connection.lastInsertedRow
        }
        for asset in rows.assets {
            try ClaimRow(
                asset: asset.id, space: rows.space, segment: asset.rows == 0 ? nil : id,
                firstRow: asset.rows == 0 ? 0 : asset.firstRow, rows: asset.rows
            ).write(to: connection)
        }
    }

    private static func nanosecondsSince1970() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
