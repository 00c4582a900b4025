package import Corpus
internal import SQLite

/// Reads of the catalogue that its writer and its readers share.
struct Catalog {
    let connection: Connection

    /// Checks that the database is ours, of this format, and of the same library as the manifest.
    init(connection: Connection, manifest: Manifest, paths: LibraryPaths) throws {
        self.connection = connection
        let version = try connection.userVersion()
        guard version == CatalogSchema.version else {
            throw StorageError.unknownFormat(
                path: paths.root, found: Int(version), known: Int(CatalogSchema.version))
        }
        let identity = try connection.statement("SELECT library_id FROM library")
            .first { $0.text(0) }
        guard identity == manifest.libraryID else {
            throw StorageError.notALibrary(
                path: paths.root,
                reason: "its catalogue and its manifest belong to different libraries")
        }
    }

    /// Refuses a catalogue that has gone back.
    /// - Parameter reached: the mark, as it was read before this connection looked at anything.
    func requireNotBehind(_ reached: Int64?, paths: LibraryPaths) throws {
        let found = try generation()
        if let reached, reached > found {
            throw StorageError.lostCommits(path: paths.root, found: found, reached: reached)
        }
    }

    /// Whatever the database is: for those who check it themselves.
    init(unchecked connection: Connection) { self.connection = connection }

    func generation() throws -> Int64 {
        try connection.statement("SELECT generation FROM library").first { $0.int(0) } ?? 0
    }

    /// Nil also when it is damaged: it can be measured again.
    func calibration() throws -> StoredCalibration? {
        try connection.statement("SELECT generation, data, checksum FROM calibration")
            .first { row -> StoredCalibration? in
                let stored = StoredCalibration(generation: row.int(0), data: row.text(1))
                return stored.checksum == row.int(2) ? stored : nil
            } ?? nil
    }

    func spaces() throws -> [VectorSpace] {
        try connection.statement(
            "SELECT name, model, fingerprint, dimension FROM vector_spaces ORDER BY name"
        ).rows { row in
            VectorSpace.Name(rawValue: row.text(0)).map { name in
                VectorSpace(
                    name: name, model: row.text(1), fingerprint: row.text(2),
                    dimension: Int(row.int(3)))
            }
        }.compactMap { $0 }
    }

    /// Every asset at one of its paths (the first by name), in order of path.
    func assets() throws -> [AssetSummary] {
        try connection.statement(
            """
            SELECT assets.id, kind, min(path), duration_ms, title, note,
                (SELECT count(*) FROM key_frames WHERE key_frames.asset = assets.id),
                (SELECT count(*) FROM passages WHERE passages.asset = assets.id)
            FROM assets JOIN files ON files.asset = assets.id
            GROUP BY assets.id ORDER BY min(path)
            """
        ).rows(read: Self.summary)
    }

    /// An asset without counting what is known about it.
    func plainAsset(_ id: AssetID) throws -> Asset? {
        try connection.statement(
            """
            SELECT assets.id, kind, min(path), duration_ms, title
            FROM assets JOIN files ON files.asset = assets.id WHERE assets.id = ? GROUP BY assets.id
            """
        ).first(id.value, read: Self.asset)
    }

    func asset(_ id: AssetID) throws -> AssetSummary? {
        try connection.statement(
            """
            SELECT assets.id, kind, min(path), duration_ms, title, note,
                (SELECT count(*) FROM key_frames WHERE key_frames.asset = assets.id),
                (SELECT count(*) FROM passages WHERE passages.asset = assets.id)
            FROM assets JOIN files ON files.asset = assets.id
            WHERE assets.id = ? GROUP BY assets.id
            """
        ).first(id.value, read: Self.summary)
    }

    func keyFrames(of asset: AssetID) throws -> [StoredKeyFrame] {
        try connection.statement(
            "SELECT \(KeyFrameRow.columns) FROM key_frames WHERE asset = ? ORDER BY ordinal"
        ).rows(asset.value) { try KeyFrameRow.reading($0).stored }
    }

    func keyFrame(of asset: AssetID, ordinal: Int) throws -> StoredKeyFrame? {
        try connection.statement(
            "SELECT \(KeyFrameRow.columns) FROM key_frames WHERE asset = ? AND ordinal = ?"
        ).first(asset.value, ordinal) { try KeyFrameRow.reading($0).stored }
    }

    /// By ordinal; nil where no row is.
    func keyFrameSpans(of asset: AssetID) throws -> [TimeSpan?] {
        var spans: [TimeSpan?] = []
        try connection.statement(
            "SELECT \(KeyFrameRow.columns) FROM key_frames WHERE asset = ? ORDER BY ordinal"
        ).forEachRow(asset.value) { row in
            let frame = try KeyFrameRow.reading(row)
            // Ordinals follow one another; a file that says otherwise must not fill the memory.
            guard frame.ordinal >= spans.count, frame.ordinal < spans.count + 1024 else {
                return true
            }
            while spans.count < frame.ordinal { spans.append(nil) }
            spans.append(frame.stored.span)
            return true
        }
        return spans
    }

    func assets(broughtAfter generation: Int64) throws -> Set<AssetID> {
        Set(
            try connection.statement("SELECT id FROM assets WHERE generation > ?")
                .rows(generation) { AssetID(value: max(0, $0.int(0))) })
    }

    func speechMilliseconds(of asset: AssetID) throws -> [(start: Int64, end: Int64)] {
        try connection.statement(
            "SELECT start_ms, end_ms FROM speech_spans WHERE asset = ? ORDER BY ordinal"
        ).rows(asset.value) { ($0.int(0), $0.int(1)) }
    }

    /// As in `AssetRecord.steps`.
    func steps(of asset: AssetID) throws -> [String: String] {
        var steps: [String: String] = [:]
        try connection.statement("SELECT step, tool FROM asset_steps WHERE asset = ?")
            .forEachRow(asset.value) {
                steps[$0.text(0)] = $0.text(1)
                return true
            }
        return steps
    }

    private static func summary(_ row: Statement) -> AssetSummary {
        AssetSummary(
            asset: asset(row), note: row.optionalText(5), keyFrameCount: Int(row.int(6)),
            passageCount: Int(row.int(7)))
    }

    private static func asset(_ row: Statement) -> Asset {
        Asset(
            id: AssetID(value: max(0, row.int(0))),
            kind: AssetKind(rawValue: row.text(1)) ?? .video, path: row.text(2),
            durationSeconds: Double(row.int(3)) / 1000, title: row.optionalText(4))
    }
}

/// A key frame with the stretch it stands for and the picture kept of it.
package struct StoredKeyFrame: Sendable, Equatable {
    package var keyFrame: KeyFrame
    /// Its shot; without one, from this key frame to the next, or to the end.
    package var span: TimeSpan
    package var thumbnail: ThumbnailName
}
