package import Corpus
internal import SQLite

/// Taking assets out at the user's wish, while their files stay where they are.
extension LibraryWriter {
    /// Removes assets with all that was made of them. Their files stay noted, as removed, so that
    /// a later run over their folder does not bring them back unasked.
    ///
    /// Vectors and words leave the files of the library with `finish(purging: true)`.
    /// - Throws: `StorageError.noSuchAsset`, and then nothing was changed.
    package func remove(_ assets: [AssetID]) throws {
        for asset in assets where try companions(of: asset) == nil {
            throw StorageError.noSuchAsset(asset.description)
        }
        guard !assets.isEmpty else { return }
        try changing {
            for asset in assets {
                let files = try connection.statement(
                    "SELECT \(FileRow.columns) FROM files WHERE asset = ?"
                ).rows(asset.value, read: FileRow.init(unchecked:))
                for var file in files {
                    file.record.asset = nil
                    file.record.problem = FileRecord.removal
                    try file.write(to: connection)
                }
                try removeRows(of: asset)
            }
        }
    }
}

extension FileRecord {
    /// What stands in place of a problem where the user took an asset out.
    package static let removal =
        "removed with reel rm; index the file by its own path to take it in again"

    /// Whether the user took its asset out: only a run that names the file itself reads it again.
    package var isRemoved: Bool { asset == nil && problem == Self.removal }
}
