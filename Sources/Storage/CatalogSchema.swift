internal import SQLite
internal import TextSearch

/// The tables of `catalog.sqlite`, the truth about a library: vectors and pictures not named
/// here are rubbish. Passages and their full-text index belong to `TextStore`.
enum CatalogSchema {
    /// Kept in the database's header; raised with every change of the tables.
    static let version: Int32 = 3

    static func create(in connection: Connection, libraryID: String) throws {
        try connection.transaction {
            try connection.execute(tables + tablesOfAssets)
            try TextStore.createSchema(in: connection)
            try connection.statement(
                "INSERT INTO library (library_id, generation, is_being_written) VALUES (?, 0, 0)"
            ).run(libraryID)
            try connection.setUserVersion(version)
        }
    }

    private static let tables = """
        -- One row. A generation is a commit: everything in the catalogue belongs to one.
        CREATE TABLE library (
            library_id TEXT NOT NULL,
            generation INTEGER NOT NULL,
            is_being_written INTEGER NOT NULL  -- 1 while a writer runs, and after one was killed
        );
        CREATE TABLE assets (
            id INTEGER PRIMARY KEY,           -- first 63 bits of the content's SHA-256
            digest BLOB NOT NULL,             -- all 32 bytes
            partition INTEGER NOT NULL,       -- 0…63, six bits of the digest
            kind TEXT NOT NULL,
            duration_ms INTEGER NOT NULL,
            title TEXT,
            note TEXT,                        -- what was wrong with a file that is kept in part
            companions TEXT NOT NULL,         -- signature of the subtitle files it was read with
            generation INTEGER NOT NULL,      -- the commit that brought it
            checksum INTEGER NOT NULL DEFAULT 0  -- AssetRow.checksum
        );
        -- Every file seen, also those that could not be used, so that they are not tried again.
        CREATE TABLE files (
            path TEXT PRIMARY KEY,            -- as PathText spells it
            asset INTEGER REFERENCES assets(id),
            size INTEGER NOT NULL,            -- bytes
            modified_ns INTEGER NOT NULL,     -- since 1970
            inode INTEGER NOT NULL,
            companions TEXT NOT NULL,
            recorded_ns INTEGER NOT NULL,     -- when this row was written, since 1970
            problem TEXT,                     -- why there is no asset
            checksum INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX files_by_asset ON files (asset);
        CREATE TABLE key_frames (
            asset INTEGER NOT NULL REFERENCES assets(id),
            ordinal INTEGER NOT NULL,         -- from 0, by time
            time_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,          -- the next key frame's time, or the asset's end
            frame INTEGER NOT NULL,
            difference REAL NOT NULL,
            shot_start_ms INTEGER,            -- the shot it was taken from, where that is known
            shot_end_ms INTEGER,
            picture_checksum INTEGER,         -- null when it is not known
            checksum INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (asset, ordinal)
        ) WITHOUT ROWID;
        -- Vectors of one space come from one model and compare with each other only.
        CREATE TABLE vector_spaces (
            name TEXT PRIMARY KEY,            -- frames, meaning
            model TEXT NOT NULL,              -- folder name
            fingerprint TEXT NOT NULL,
            dimension INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE vector_segments (
            id INTEGER PRIMARY KEY,
            space TEXT NOT NULL REFERENCES vector_spaces(name),
            file_name TEXT NOT NULL UNIQUE,
            rows INTEGER NOT NULL,
            checksum INTEGER                  -- of the file's own checksums; null when not known
        );
        -- Which rows of which segment are an asset's: row first_row + ordinal is the vector of
        -- its key frame, or passage, of that ordinal. Rows that nothing claims are dead.
        CREATE TABLE asset_vectors (
            asset INTEGER NOT NULL REFERENCES assets(id),
            space TEXT NOT NULL REFERENCES vector_spaces(name),
            segment INTEGER REFERENCES vector_segments(id),  -- null when there are no rows
            first_row INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            checksum INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (asset, space)
        ) WITHOUT ROWID;
        CREATE INDEX asset_vectors_by_segment ON asset_vectors (segment, first_row);
        -- How unrelated queries score here: derived, at most one row, of in its maker's own words.
        CREATE TABLE calibration (
            generation INTEGER NOT NULL,      -- of the library it was measured on
            data TEXT NOT NULL,
            checksum INTEGER NOT NULL DEFAULT 0
        );
        """

    /// Lists that hang on an asset.
    static let tablesOfAssets = """
        -- Where someone speaks.
        CREATE TABLE speech_spans (
            asset INTEGER NOT NULL REFERENCES assets(id),
            ordinal INTEGER NOT NULL,         -- from 0, by start
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            PRIMARY KEY (asset, ordinal)
        ) WITHOUT ROWID;
        -- What was done to make an asset's rows, and with which tool.
        CREATE TABLE asset_steps (
            asset INTEGER NOT NULL REFERENCES assets(id),
            step TEXT NOT NULL,
            tool TEXT NOT NULL,
            PRIMARY KEY (asset, step)
        ) WITHOUT ROWID;
        """
}
