import Corpus
import SQLite

/// Posting lists in SQLite, kept for ranking: FTS5 finds quickly and ranks slowly.
///
/// A log-structured merge tree. The passages of a transaction become a segment of their own at
/// its end, in the same transaction; segments of like size are joined as they add up, so that a
/// posting is copied a logarithmic number of times and a search looks into a few segments only.
/// Segments follow one another by row. A removed passage is noted in `posting_removed`, and its
/// postings go when its segment is written again.
final class PostingStore: TransactionParticipant {
    let connection: Connection
    let tokenizer: TermTokenizer
    private var buffer = PostingBuffer()
    /// The row after the newest; nil when it must be looked up.
    private var nextRow: Int64?

    /// `stemming` names the rules, between spaces. Terms and lists are blobs.
    static let schema = """
        CREATE TABLE posting_segments(
            id INTEGER PRIMARY KEY,
            first_row INTEGER NOT NULL,
            row_count INTEGER NOT NULL,
            stemming TEXT NOT NULL,
            directory BLOB NOT NULL
        );
        CREATE TABLE posting_lists(
            segment INTEGER NOT NULL,
            term BLOB NOT NULL,
            list BLOB NOT NULL,
            PRIMARY KEY(segment, term)
        ) WITHOUT ROWID;
        CREATE TABLE posting_removed(row INTEGER PRIMARY KEY);
        """

    init(connection: Connection, tokenizer: TermTokenizer) {
        self.connection = connection
        self.tokenizer = tokenizer
    }

    // MARK: Adding

    /// A row that nothing in the database refers to.
    func takeRow() throws -> Int64 {
        let row = try nextRow ?? firstFreeRow()
        nextRow = row + 1
        // Outside a transaction of ours nobody says when to forget it.
        if !connection.enlist(self) { nextRow = nil }
        return row
    }

    private func firstFreeRow() throws -> Int64 {
        let used = try connection.statement(
            """
            SELECT max(coalesce((SELECT max(row) FROM passages), 0),
                coalesce((SELECT max(first_row + row_count) - 1 FROM posting_segments), 0))
            """
        ).first { $0.int(0) }
        return (used ?? 0) + 1
    }

    func add(_ passage: Passage, row: Int64, asset: AssetID, ordinal: Int) throws {
        if !buffer.takes(row) { try flush() }
        buffer.add(passage, row: row, asset: asset, ordinal: ordinal, tokenizer: tokenizer)
        if !connection.enlist(self) { try flush() }
    }

    func remove(_ rows: [Int64]) throws {
        try flush()
        for row in rows {
            try connection.statement("INSERT OR IGNORE INTO posting_removed VALUES (?1)").run(row)
        }
    }

    func transactionWillCommit() throws {
        try flush()
        nextRow = nil
    }

    func transactionWasTakenBack() {
        buffer.removeAll()
        nextRow = nil
    }

    /// Writes what was gathered as a segment, and joins segments where there are many.
    func flush() throws {
        guard let directory = buffer.directory else { return }
        let segment = try newSegment()
        let insert = try connection.statement("INSERT INTO posting_lists VALUES (?1, ?2, ?3)")
        try buffer.forEachList { try insert.run(segment, $0, $1) }
        try write(segment, directory, stemming: buffer.rules.map(\.name))
        buffer.removeAll()
        try joinWhereMany()
    }

    private func newSegment() throws -> Int64 {
        try connection.statement("SELECT coalesce(max(id), 0) + 1 FROM posting_segments")
            .first { $0.int(0) } ?? 1
    }

    private func write(
        _ segment: Int64, _ directory: SegmentDirectory, stemming: [String]
    ) throws {
        try connection.statement("INSERT INTO posting_segments VALUES (?1, ?2, ?3, ?4, ?5)").run(
            segment, directory.firstRow, directory.count,
            Set(stemming).sorted().joined(separator: " "), directory.bytes)
    }

    /// Removes everything: the index is about to be made again.
    func clear() throws {
        buffer.removeAll()
        try connection.execute(
            """
            DELETE FROM posting_segments;
            DELETE FROM posting_lists;
            DELETE FROM posting_removed
            """)
    }

    // MARK: Segments

    struct Segment {
        var id: Int64
        var directory: SegmentDirectory
        var stemming: [String]
    }

    /// All segments, by row, as they are stored: removed passages still count.
    func segments() throws -> [Segment] {
        try connection.statement(
            """
            SELECT id, first_row, row_count, stemming, directory FROM posting_segments
            ORDER BY first_row
            """
        ).rows { row in
            let directory = row.withBytes(4) {
                SegmentDirectory(firstRow: row.int(1), count: row.int(2), bytes: $0)
            }
            guard let directory else { throw TextSearchError.damagedPostings(term: nil) }
            return Segment(
                id: row.int(0), directory: directory,
                stemming: row.text(3).split(separator: " ").map(String.init))
        }
    }

    func removedRows() throws -> [Int64] {
        try connection.statement("SELECT row FROM posting_removed ORDER BY row")
            .rows { $0.int(0) }
    }

    /// - Returns: nil when no passage of the segment holds the term.
    func list(of term: String, segment: Int64) throws -> PostingList? {
        var term = term
        return try term.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return try connection.statement(
                "SELECT list FROM posting_lists WHERE segment = ?1 AND term = ?2"
            ).first(segment, bytes) { row in
                guard let list = row.withBytes(0, { PostingList($0, term: bytes) }) else {
                    throw TextSearchError.damagedPostings(
                        term: String(decoding: utf8, as: UTF8.self))
                }
                return list
            }
        }
    }
}
