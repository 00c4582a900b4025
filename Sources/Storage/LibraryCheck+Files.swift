internal import Corpus
internal import Glibc
internal import SQLite
internal import VectorSearch

/// Compares the files beside the catalogue with what it says of them.
extension LibraryCheck {
    /// - Parameter deep: reads every vector.
    func checkSegments(deep: Bool) throws -> [Finding] {
        let segments = try connection.statement(
            "SELECT id, file_name, rows, checksum FROM vector_segments ORDER BY id"
        ).rows { (id: $0.int(0), name: $0.text(1), rows: $0.int(2), checksum: $0.optionalInt(3)) }
        return try segments.flatMap { segment -> [Finding] in
            do {
                let file = try SegmentFiles.open(
                    segment.name, rows: segment.rows, checksum: segment.checksum, in: paths)
                if deep {
                    try file.verify()
                    try file.requireFinite()
                }
                return []
            } catch {
                // What was made of the rows can be made again from the files they came of.
                let owners = try connection.statement(
                    "SELECT asset FROM asset_vectors WHERE segment = ? ORDER BY asset"
                ).rows(segment.id) { AssetID(value: max(0, $0.int(0))) }
                let remedies = owners.map { Finding.Remedy.readAgain($0) }
                return (remedies.isEmpty ? [.sweep] : remedies).prefix(1).map {
                    Finding(description: "\(error)", remedy: $0)
                }
                    + remedies.dropFirst().map {
                        Finding(description: "It holds vectors of another asset.", remedy: $0)
                    }
            }
        }
    }

    func checkPictures() throws -> [Finding] {
        var found: [Finding] = []
        try connection.statement(
            "SELECT \(KeyFrameRow.columns) FROM key_frames ORDER BY asset, ordinal"
        ).forEachRow { row in
            let frame = KeyFrameRow(unchecked: row)
            let name = frame.stored.thumbnail
            let bytes = DurableFile.contents(of: paths.thumbnail(name))
            guard !Self.isWhole(bytes, checksum: frame.pictureChecksum) else { return true }
            found.append(
                Finding(
                    description: "The picture thumbnails/\(name.relativePath) is "
                        + (bytes == nil ? "missing." : "damaged."),
                    remedy: .readAgain(frame.asset)))
            return true
        }
        return found
    }

    /// Without a checksum, whether it begins and ends as a JPEG does.
    private static func isWhole(_ bytes: [UInt8]?, checksum: Int64?) -> Bool {
        guard let bytes else { return false }
        if let checksum { return KeyFrameRow.checksum(ofPicture: bytes) == checksum }
        return bytes.starts(with: [0xFF, 0xD8, 0xFF]) && bytes.suffix(2) == [0xFF, 0xD9]
    }

    /// Files that no row names.
    func checkRubbish() throws -> [Finding] {
        let rubbish = Rubbish(connection: connection, paths: paths)
        return try (rubbish.segments() + rubbish.thumbnails()).map {
            Finding(description: "Nothing in the catalogue names the file \($0).", remedy: .sweep)
        }
    }
}

/// Files in a library's folder that its catalogue does not name.
struct Rubbish {
    let connection: Connection
    let paths: LibraryPaths

    /// Paths.
    func segments() throws -> [String] {
        let named = Set(
            try connection.statement("SELECT file_name FROM vector_segments").rows { $0.text(0) })
        return DurableFile.names(in: paths.vectors).filter { !named.contains($0) }
            .map(paths.segment)
    }

    /// Paths.
    func thumbnails() throws -> [String] {
        let shown = try connection.statement(
            "SELECT 1 FROM key_frames WHERE asset = ? AND time_ms = ?")
        return try DurableFile.names(in: paths.thumbnails).flatMap { folder in
            let path = paths.thumbnails + "/" + folder
            return try DurableFile.names(in: path).filter { name in
                guard let thumbnail = ThumbnailName(fileName: name), thumbnail.folder == folder
                else { return true }
                return try shown.first(thumbnail.asset.value, thumbnail.milliseconds) { _ in true }
                    == nil
            }.map { path + "/" + $0 }
        }
    }
}
