internal import SQLite
internal import TextSearch

/// The tables of `catalog.sqlite`, the truth about a library: vectors and pictures not named
/// here are rubbish. Passages and their full-text index belong to `TextStore`.
enum CatalogSchema {
    /// Kept in the database's header; raised with every change of the tables.
    static let version: Int32 = 2

    static func create(in connection: Connection, libraryID: String) throws {
        try connection.transaction {
            try connection.execute(tables)
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
            generation INTEGER NOT NULL       -- the commit that brought it
        );
        -- Every file seen, also those that could not be used, so that they are not tried again.
        CREATE TABLE files (
            path TEXT PRIMARY KEY,
            asset INTEGER REFERENCES assets(id),
            size INTEGER NOT NULL,            -- bytes
            modified_ns INTEGER NOT NULL,     -- since 1970
            inode INTEGER NOT NULL,
            companions TEXT NOT NULL,
            recorded_ns INTEGER NOT NULL,     -- when this row was written, since 1970
            problem TEXT                      -- why there is no asset
        ) WITHOUT ROWID;
        CREATE INDEX files_by_asset ON files (asset);
        CREATE TABLE key_frames (
            asset INTEGER NOT NULL REFERENCES assets(id),
            ordinal INTEGER NOT NULL,         -- from 0, by time
            time_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,          -- the next key frame's time, or the asset's end
            frame INTEGER NOT NULL,
            difference REAL NOT NULL,
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
            rows INTEGER NOT NULL
        );
        -- Which rows of which segment are an asset's: row first_row + ordinal is the vector of
        -- its key frame, or passage, of that ordinal. Rows that nothing claims are dead.
        CREATE TABLE asset_vectors (
            asset INTEGER NOT NULL REFERENCES assets(id),
            space TEXT NOT NULL REFERENCES vector_spaces(name),
            segment INTEGER REFERENCES vector_segments(id),  -- null when there are no rows
            first_row INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            PRIMARY KEY (asset, space)
        ) WITHOUT ROWID;
        CREATE INDEX asset_vectors_by_segment ON asset_vectors (segment, first_row);
        """
}
