import CKernels
package import Corpus
package import SQLite

/// The passages of a library, and the index that finds them by their words.
///
/// Passages are rows of an ordinary table; FTS5 keeps only the terms and where they occur. Uses
/// its connection, so it belongs to the same thread.
package final class TextStore {
    let connection: Connection
    let tokenizer: TermTokenizer
    let ranking: TextRanking
    /// What ranking needs of every passage, kept until the database changes.
    var weights: PassageWeights?
    /// What the terms in the index were made with; differs from `TermTokenizer.version` when the
    /// library comes from a machine with other Unicode tables.
    package private(set) var termVersion: String

    /// Puts the tables into a database that has none of them.
    package static func createSchema(in connection: Connection) throws {
        _ = try TermTokenizer.registered(on: connection)
        try connection.transaction {
            try connection.execute(schema)
            try connection.statement("INSERT INTO passage_settings VALUES ('terms', ?1)")
                .run(TermTokenizer.version)
        }
    }

    /// Times are on the asset's time line; both are NULL for a passage about all of it.
    /// `length` counts terms. `passage_weights` lets ranking read lengths and sources without
    /// reading texts. `passage_terms` shows the index term by term.
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
            length INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            UNIQUE(asset, ordinal)
        );
        CREATE INDEX passage_weights ON passages(row, source, length);
        CREATE TABLE passage_settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE passage_index USING fts5(
            text, content='passages', content_rowid='row', tokenize='reel_terms');
        CREATE VIRTUAL TABLE passage_terms USING fts5vocab(passage_index, instance);
        """

    /// Opens the tables that `createSchema` made.
    package init(connection: Connection, ranking: TextRanking = TextRanking()) throws {
        self.connection = connection
        self.ranking = ranking
        tokenizer = try TermTokenizer.registered(on: connection)
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
            let row =
                try connection.statement("SELECT coalesce(max(row), 0) + 1 FROM passages")
                .first { $0.int(0) } ?? 1
            let stored = StoredPassage(row: row, asset: asset, ordinal: ordinal, passage: passage)
            try connection.statement(
                "INSERT INTO passages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
            ).run(
                row, asset.value, ordinal, start, end, passage.source.rawValue, passage.language,
                passage.text, tokenizer.termCount(of: passage.text),
                stored.checksum(startMilliseconds: start, end))
            try insertTerms(of: passage.text, row: row)
            return row
        }
    }

    private func insertTerms(of text: String, row: Int64) throws {
        try connection.statement("INSERT INTO passage_index(rowid, text) VALUES (?1, ?2)")
            .run(row, text)
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

    /// Merges the index into one segment. Until then FTS5 keeps the terms of removed passages in
    /// the file, merely crossed out: call it after removing what must be gone for good.
    package func compactIndex() throws {
        try connection.execute("INSERT INTO passage_index(passage_index) VALUES ('optimize')")
    }

    /// Makes the index again from the passages: after damage, or with this machine's tables.
    package func rebuildIndex() throws {
        try connection.transaction {
            try connection.execute(
                "INSERT INTO passage_index(passage_index) VALUES ('delete-all')")
            let rows = try connection.statement("SELECT row FROM passages ORDER BY row")
                .rows { $0.int(0) }
            for row in rows {
                guard let stored = try passage(row) else { continue }
                try insertTerms(of: stored.passage.text, row: row)
                try connection.statement("UPDATE passages SET length = ?2 WHERE row = ?1")
                    .run(row, tokenizer.termCount(of: stored.passage.text))
            }
            try connection.statement("INSERT OR REPLACE INTO passage_settings VALUES ('terms', ?1)")
                .run(TermTokenizer.version)
        }
        termVersion = TermTokenizer.version
    }

    // MARK: Reading

    /// Passages in the library.
    package func count() throws -> Int {
        try connection.statement("SELECT count(*) FROM passages INDEXED BY passage_weights")
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

    // MARK: Checking

    /// Reads every passage and compares it with its checksum, then compares the index with the
    /// passages, which needs a connection that may write, though nothing is changed.
    /// - Returns: what is damaged; empty when all is well.
    package func integrityCheck() throws -> [TextDamage] {
        var damage: [TextDamage] = []
        let statement = try connection.statement(
            "SELECT \(StoredPassage.columns) FROM passages ORDER BY row")
        try statement.forEachRow { row in
            do {
                _ = try StoredPassage(reading: row)
            } catch TextSearchError.damagedPassage(let row) {
                damage.append(.passage(row: row))
            }
            return true
        }
        do {
            // The 1 asks for the passages to be compared too, not only the index with itself.
            try connection.execute(
                "INSERT INTO passage_index(passage_index, rank) VALUES ('integrity-check', 1)")
        } catch SQLiteError.corrupt {
            damage.append(.index)
        }
        return damage
    }
}

/// Something that `TextStore.integrityCheck` found.
package enum TextDamage: Sendable, Equatable, CustomStringConvertible {
    case passage(row: Int64)
    /// The index and the passages disagree.
    case index

    package var description: String {
        switch self {
        case .passage(let row): TextSearchError.damagedPassage(row: row).description
        case .index: "The text index does not fit the passages. Rebuild the text index."
        }
    }
}
