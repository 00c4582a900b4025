internal import Corpus
internal import SQLite
internal import TextSearch

/// Brings a catalogue of the format before up to date, in one transaction: a run that is cut short
/// leaves it as it was.
enum CatalogMigration {
    static func isNeeded(_ connection: Connection) throws -> Bool {
        try connection.userVersion() == 2
    }

    /// For readers: a library of before is brought up to date by whoever opens it first.
    static func runWhereNeeded(at paths: LibraryPaths) throws {
        guard Disk.isWritable(paths.root),
            try isNeeded(Connection(path: paths.catalog, mode: .readOnly))
        else { return }
        let lock = try WriterLock(paths: paths)
        defer { withExtendedLifetime(lock) {} }
        try runWhereNeeded(on: Connection(path: paths.catalog, mode: .readWriteCreate))
    }

    /// For whoever holds the writer's lock.
    static func runWhereNeeded(on connection: Connection) throws {
        if try isNeeded(connection) { try run(on: connection) }
    }

    /// From 2 to 3: rows get checksums, key frames their shot, passages how sure a machine was of
    /// them, assets their speech and the steps that made them. What was not known stays unknown.
    private static func run(on connection: Connection) throws {
        try connection.transaction {
            // First: it makes the tokenizer known that every ALTER finds named in the schema.
            try TextStore.addConfidence(in: connection)
            try connection.execute(
                """
                ALTER TABLE assets ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE files ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE key_frames ADD COLUMN shot_start_ms INTEGER;
                ALTER TABLE key_frames ADD COLUMN shot_end_ms INTEGER;
                ALTER TABLE key_frames ADD COLUMN picture_checksum INTEGER;
                ALTER TABLE key_frames ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE vector_segments ADD COLUMN checksum INTEGER;
                ALTER TABLE asset_vectors ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE calibration ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                """)
            try connection.execute(CatalogSchema.tablesOfAssets)
            try addChecksums(connection)
            // Derived, and measured again by the next run.
            try connection.execute("DELETE FROM calibration")
            try connection.setUserVersion(3)
        }
    }

    private static func addChecksums(_ connection: Connection) throws {
        let files = try connection.statement("SELECT \(FileRow.columns) FROM files")
            .rows(read: FileRow.init(unchecked:))
        for file in files { try file.write(to: connection) }
        let frames = try connection.statement("SELECT \(KeyFrameRow.columns) FROM key_frames")
            .rows(read: KeyFrameRow.init(unchecked:))
        for frame in frames {
            try connection.statement(
                "UPDATE key_frames SET checksum = ? WHERE asset = ? AND ordinal = ?"
            ).run(frame.checksum, frame.asset.value, frame.ordinal)
        }
        let claims = try connection.statement("SELECT \(ClaimRow.columns) FROM asset_vectors")
            .rows(read: ClaimRow.init(unchecked:))
        for claim in claims { try claim.write(to: connection) }
        let assets = try connection.statement("SELECT \(AssetRow.columns) FROM assets")
            .rows { try AssetRow(reading: $0, from: connection) }
        for asset in assets {
            try connection.statement("UPDATE assets SET checksum = ? WHERE id = ?")
                .run(asset.checksum, asset.asset.id.value)
        }
    }
}
