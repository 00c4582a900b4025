package import Corpus
package import SQLite

/// The passages of a library, and the indexes that find them by their words.
///
/// Passages are rows of an ordinary table. FTS5 knows where each word occurs, for phrases and
/// beginnings; `PostingStore` knows how often each stem occurs, for ranking. Uses its connection,
/// so it belongs to the same thread.
package final class TextStore {
    let connection: Connection
    let tokenizer: TermTokenizer
    let ranking: TextRanking
    let postings: PostingStore
    /// What ranking needs of every passage, kept until the database changes.
    var directory: PassageDirectory?
    /// What the terms in the index were made with; differs from `TermTokenizer.version` when the
    /// library comes from a machine with other Unicode tables.
    package private(set) var termVersion: String

    /// Puts the tables into a database that has none of them.
    package static func createSchema(in connection: Connection) throws {
        _ = try TermTokenizer.registered(on: connection)
        try connection.transaction {
            try connection.execute(schema + PostingStore.schema)
            // Terms are gathered in memory up to this many bytes: an eighth of the segments.
            try connection.execute(
                "INSERT INTO passage_index(passage_index, rank) VALUES ('hashsize', 8388608)")
            try connection.statement("INSERT INTO passage_settings VALUES ('terms', ?1)")
                .run(TermTokenizer.version)
        }
    }

    /// Times are on the asset's time line; both are NULL for a passage about all of it.
    /// `confidence` is that of the machine that made the text, NULL for people's words. FTS5's own
    /// lengths (`columnsize`) would serve its ranking only.
    private static let schema = """
        CREATE TABLE passages(
            row INTEGER PRIMARY KEY,
            asset INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            start_ms INTEGER,
            end_ms INTEGER,
            source TEXT NOT NULL,
            language TEXT,
            text TEXT NOT NULL,
            checksum INTEGER NOT NULL,
            confidence REAL,
            UNIQUE(asset, ordinal)
        );
        CREATE TABLE passage_settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE passage_index USING fts5(
            text, content='passages', content_rowid='row', columnsize=0, tokenize='reel_terms');
        """

    /// Brings tables of before passages had a confidence up to date, which leaves their checksums
    /// as they are.
    package static func addConfidence(in connection: Connection) throws {
        _ = try TermTokenizer.registered(on: connection)
        try connection.execute("ALTER TABLE passages ADD COLUMN confidence REAL")
    }

    /// Opens the tables that `createSchema` made.
    package init(connection: Connection, ranking: TextRanking = TextRanking()) throws {
        self.connection = connection
        self.ranking = ranking
        tokenizer = try TermTokenizer.registered(on: connection)
        postings = PostingStore(connection: connection, tokenizer: tokenizer)
        termVersion =
            try connection.statement("SELECT value FROM passage_settings WHERE name = 'terms'")
            .first { $0.text(0) } ?? "unknown terms"
    }

    // MARK: Writing

    /// Adds a passage under a number that the asset has not used yet. Many at a time are added
    /// fastest inside one transaction of the caller's, who then rolls back when one fails.
    /// - Returns: the row, which stays the passage's name until it is removed.
    @discardableResult
    package func add(_ passage: Passage, asset: AssetID, ordinal: Int) throws -> Int64 {
        try requireOwnTerms()
        let start = try passage.span.map { try milliseconds($0.startSeconds) }
        let end = try passage.span.map { try milliseconds($0.endSeconds) }
        return try inTransaction {
            let row = try postings.takeRow()
            var passage = passage
            // What is no number has no place in a row.
            if passage.confidence?.isFinite == false { passage.confidence = nil }
            let stored = StoredPassage(row: row, asset: asset, ordinal: ordinal, passage: passage)
            try connection.statement(
                """
                INSERT INTO passages (\(StoredPassage.columns))
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """
            ).run(
                row, asset.value, ordinal, start, end, passage.source.rawValue, passage.language,
                passage.text, stored.checksum(startMilliseconds: start, end), passage.confidence)
            try insertTerms(of: stored)
            return row
        }
    }

    private func insertTerms(of stored: StoredPassage) throws {
        try connection.statement("INSERT INTO passage_index(rowid, text) VALUES (?1, ?2)")
            .run(stored.row, stored.passage.text)
        try postings.add(
            stored.passage, row: stored.row, asset: stored.asset, ordinal: stored.ordinal)
    }

    /// Inside a caller's transaction there is no savepoint: at each, FTS5 would write the terms
    /// gathered so far as a segment of their own, and take nearly three times as long.
    private func inTransaction<Result>(_ body: () throws -> Result) throws -> Result {
        connection.isInTransaction ? try body() : try connection.transaction(body)
    }

    /// Removes all passages of an asset, with their terms. As with `add`, an error inside a
    /// caller's transaction is for the caller to roll back.
    package func removePassages(of asset: AssetID) throws {
        try requireOwnTerms()
        try inTransaction {
            // FTS5 cannot look into a row that is gone: the terms go first, and are worked out
            // from exactly the text they came from.
            try connection.statement(
                """
                INSERT INTO passage_index(passage_index, rowid, text)
                SELECT 'delete', row, text FROM passages WHERE asset = ?1
                """
            ).run(asset.value)
            try postings.remove(
                connection.statement("SELECT row FROM passages WHERE asset = ?1")
                    .rows(asset.value) { $0.int(0) })
            try connection.statement("DELETE FROM passages WHERE asset = ?1").run(asset.value)
        }
    }

    private func requireOwnTerms() throws {
        guard termVersion == TermTokenizer.version else {
            throw TextSearchError.otherTerms(
                recorded: termVersion, current: TermTokenizer.version)
        }
    }

    private func milliseconds(_ seconds: Double) throws -> Int64 {
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else {
            throw TextSearchError.timeOutOfRange(seconds: seconds)
        }
        return milliseconds
    }

    /// Writes anew what holds terms of removed passages. Until then both indexes keep them in the
    /// file, merely crossed out: call it after removing what must be gone for good.
    package func compactIndex() throws {
        try inTransaction {
            try postings.purge()
            try connection.execute("INSERT INTO passage_index(passage_index) VALUES ('optimize')")
        }
    }

    /// Makes the indexes again from the passages: after damage, or with this machine's tables.
    /// A damaged passage is left out, and stays findable by `integrityCheck`.
    package func rebuildIndex() throws {
        try connection.transaction {
            try connection.execute(
                "INSERT INTO passage_index(passage_index) VALUES ('delete-all')")
            try postings.clear()
            let rows = try connection.statement("SELECT row FROM passages ORDER BY row")
                .rows { $0.int(0) }
            for row in rows {
                do {
                    guard let stored = try passage(row) else { continue }
                    try insertTerms(of: stored)
                } catch TextSearchError.damagedPassage {
                    continue
                }
            }
            try connection.statement("INSERT OR REPLACE INTO passage_settings VALUES ('terms', ?1)")
                .run(TermTokenizer.version)
        }
        termVersion = TermTokenizer.version
    }

    // MARK: Reading

    /// Passages in the library.
    package func count() throws -> Int {
        try connection.statement("SELECT count(*) FROM passages")
            .first { Int($0.int(0)) } ?? 0
    }

    /// The passages of an asset, by their numbers.
    package func passages(of asset: AssetID) throws -> [StoredPassage] {
        try connection.statement(
            "SELECT \(StoredPassage.columns) FROM passages WHERE asset = ?1 ORDER BY ordinal"
        ).rows(asset.value, read: StoredPassage.init(reading:))
    }

    package func passage(_ row: Int64) throws -> StoredPassage? {
        try connection.statement("SELECT \(StoredPassage.columns) FROM passages WHERE row = ?1")
            .first(row, read: StoredPassage.init(reading:))
    }
}
