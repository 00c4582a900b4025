internal import Corpus
internal import Glibc
internal import SQLite
internal import TextSearch

/// Makes again what can be made again, and lets go of what cannot be trusted.
package struct LibraryRepair {
    /// What was done, a sentence each.
    package private(set) var done: [String] = []

    /// Makes the text index again whatever state it is in; drops the assets that are damaged,
    /// whose files the next run reads again; removes files that nothing names.
    /// - Throws: `StorageError.damagedCatalog` when only building again helps; nothing is changed.
    package init(root: String) throws {
        let opened = try OpenForRepair(root: root)
        let check = LibraryCheck(opened, deep: true)
        if let fatal = check.findings.first(where: { $0.remedy == .rebuild }) {
            throw StorageError.damagedCatalog(
                path: opened.paths.root, problem: fatal.description)
        }
        let connection = opened.connection
        var assets: Set<AssetID> = []
        for finding in check.findings {
            if case .readAgain(let asset) = finding.remedy { assets.insert(asset) }
        }
        try connection.transaction {
            try connection.execute("PRAGMA defer_foreign_keys = ON")
            for asset in assets { try Self.drop(asset, from: connection) }
            let files = try connection.statement("SELECT \(FileRow.columns) FROM files")
                .rows { FileRow(reading: $0) == nil ? $0.text(0) : nil }.compactMap { $0 }
            for path in files {
                try connection.statement("DELETE FROM files WHERE path = ?").run(path)
            }
            // What belongs to no asset, since its asset's number was damaged.
            for table in ["passages", "key_frames", "asset_vectors"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE asset NOT IN (SELECT id FROM assets)")
            }
            try connection.execute("DELETE FROM calibration")
            try opened.texts.rebuildIndex()
            try connection.execute("UPDATE library SET generation = generation + 1")
        }
        done.append("The text index was made again.")
        if !assets.isEmpty {
            done.append(
                "\(assets.count) damaged \(assets.count == 1 ? "asset was" : "assets were") "
                    + "dropped. Bring them back: reel index FOLDER")
        }
        let rubbish = Rubbish(connection: connection, paths: opened.paths)
        try connection.execute(
            """
            DELETE FROM vector_segments
            WHERE id NOT IN (SELECT segment FROM asset_vectors WHERE segment NOT NULL)
            """)
        for path in try rubbish.segments() + rubbish.thumbnails() { unlink(path) }
        try connection.checkpoint(waitsForReaders: false)
        withExtendedLifetime(opened) {}
    }

    /// Without asking the text index, which may not fit what it is asked to forget.
    private static func drop(_ asset: AssetID, from connection: Connection) throws {
        try connection.statement("DELETE FROM passages WHERE asset = ?").run(asset.value)
        try connection.statement("DELETE FROM files WHERE asset = ?").run(asset.value)
        try AssetRow.remove(asset, from: connection)
    }
}
