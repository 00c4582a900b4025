import CSQLite
import Glibc

/// An open database, with the settings that make a file from elsewhere safe to read.
///
/// A connection has no lock of its own: one thread at a time may use it and its statements. That
/// is why it is not `Sendable`; an actor may own one. Only one connection to a file may write:
/// in SQLite 3.40 two that write and checkpoint a write-ahead log can corrupt it.
package final class Connection {
    package enum Mode: Sendable {
        case readWriteCreate
        case readOnly
        /// As `readOnly`, and nobody writes the file: no lock is taken, no log is looked for.
        case immutable
        /// The path is ignored; the database is gone with the connection.
        case inMemory
    }

    package enum JournalMode: String, Sendable {
        case delete, truncate, persist, memory, wal, off
    }

    package let path: String
    let database: DatabaseHandle
    private var cache: [String: Statement] = [:]
    /// Full-text tokenizers by name.
    var tokenizers: [String: any FullTextTokenizer] = [:]
    /// Above this the cache is emptied: our own statements are few and fixed.
    private static let cachedStatementLimit = 128

    /// - Parameter busyTimeoutMilliseconds: how long a statement waits for another's lock.
    package init(path: String, mode: Mode, busyTimeoutMilliseconds: Int32 = 5_000) throws {
        self.path = mode == .inMemory ? ":memory:" : path
        database = try DatabaseHandle(
            fileName: Self.fileName(path: path, mode: mode), path: self.path, flags: mode.flags)
        sqlite3_extended_result_codes(database.pointer, 1)
        sqlite3_busy_timeout(database.pointer, busyTimeoutMilliseconds)
        // sqlite.org/security.html: a database file may come from anywhere.
        try set(SQLITE_DBCONFIG_DEFENSIVE, on: true)
        try set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, on: false)
        try set(SQLITE_DBCONFIG_ENABLE_FKEY, on: true)
        try set(SQLITE_DBCONFIG_DQS_DML, on: false)
        try set(SQLITE_DBCONFIG_DQS_DDL, on: false)
        try execute(
            """
            PRAGMA mmap_size=0;
            PRAGMA cell_size_check=ON;
            PRAGMA secure_delete=ON;
            """)
        // Opening reads nothing; this does, so that a wrong file fails here and not later.
        try execute("SELECT count(*) FROM sqlite_schema")
    }

    /// Debian's SQLite reads names that begin with `file:` as URIs, and gives an empty name and
    /// `:memory:` a meaning of their own: here a path is a path.
    private static func fileName(path: String, mode: Mode) throws -> String {
        guard mode != .inMemory else { return ":memory:" }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw SQLiteError.cannotOpen(
                SQLiteFailure(
                    code: SQLITE_CANTOPEN, message: "the path is empty or holds a NUL",
                    path: path, sql: nil))
        }
        let plain = path.hasPrefix("/") ? path : "./" + path
        guard mode == .immutable else { return plain }
        // The one place where a name is a URI; so that nothing in it has a meaning, all is escaped.
        let digits = Array("0123456789abcdef")
        let escaped = plain.utf8.map { "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
        return "file:" + escaped.joined() + "?immutable=1"
    }

    private func set(_ option: Int32, on: Bool) throws {
        let code = reel_sqlite_switch(database.pointer, option, on ? 1 : 0)
        guard code == SQLITE_OK else { throw database.error(code, sql: nil) }
    }

    // MARK: Statements

    /// Runs one or more statements that take and return no values.
    package func execute(_ sql: String) throws {
        let code = sqlite3_exec(database.pointer, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
    }

    /// A fresh statement of the caller's own.
    package func prepare(_ sql: String) throws -> Statement {
        try Statement(sql, on: database, isPersistent: false)
    }

    /// A statement kept for the next time the same SQL is asked for, reset and with no values
    /// bound. While one is being stepped through, the same SQL gives a fresh statement.
    package func statement(_ sql: String) throws -> Statement {
        if let cached = cache[sql] {
            guard !cached.isRunning else { return try prepare(sql) }
            cached.reset()
            return cached
        }
        let statement = try Statement(sql, on: database, isPersistent: true)
        if cache.count >= Self.cachedStatementLimit { cache.removeAll() }
        cache[sql] = statement
        return statement
    }

    // MARK: Transactions

    /// Whoever keeps something back to write it when the outermost transaction commits.
    private var participants: [any TransactionParticipant] = []
    /// Transactions begun by `transaction`, one in another.
    private var transactionDepth = 0

    /// Has `participant` told before the transaction in progress commits, or after it was taken
    /// back, whichever comes; then it is let go.
    /// - Returns: false when no `transaction` is in progress: write at once.
    package func enlist(_ participant: any TransactionParticipant) -> Bool {
        guard transactionDepth > 0 else { return false }
        if !participants.contains(where: { $0 === participant }) {
            participants.append(participant)
        }
        return true
    }

    /// Runs `body` in a transaction that takes the write lock at once, commits when it returns
    /// and rolls back when it throws. Inside another transaction it is a savepoint.
    package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        let isOutermost = !isInTransaction
        // What was kept back so far is not this transaction's to lose.
        try writeKeptBack()
        try execute(isOutermost ? "BEGIN IMMEDIATE" : "SAVEPOINT nested")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do {
            let result = try body()
            try writeKeptBack()
            // A full disk or a read error rolls the whole transaction back by itself. Were that
            // error swallowed in `body`, committing must fail, and it does: nothing is open.
            try execute(isOutermost ? "COMMIT" : "RELEASE nested")
            return result
        } catch {
            let abandoned = participants
            participants = []
            for participant in abandoned { participant.transactionWasTakenBack() }
            // The first error is the one to report. A failing rollback means that SQLite has
            // rolled back already, or will when the connection closes.
            if isInTransaction {
                try? execute(isOutermost ? "ROLLBACK" : "ROLLBACK TO nested; RELEASE nested")
            }
            throw error
        }
    }

    private func writeKeptBack() throws {
        let writing = participants
        for participant in writing { try participant.transactionWillCommit() }
        participants = []
    }

    /// Runs `body`, which only reads, so that all it sees is of one moment, whatever other
    /// connections commit meanwhile.
    package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isInTransaction else { return try body() }
        try execute("BEGIN DEFERRED")
        // Nothing was written: ending cannot lose anything, nor can failing to end.
        defer { try? execute("COMMIT") }
        return try body()
    }

    package var isReadOnly: Bool { sqlite3_db_readonly(database.pointer, "main") == 1 }

    package var isInTransaction: Bool { sqlite3_get_autocommit(database.pointer) == 0 }

    // MARK: State

    /// Rows inserted, updated or deleted by the last statement that did.
    package var changes: Int { Int(sqlite3_changes64(database.pointer)) }

    /// Rows changed since the connection was opened.
    package var totalChanges: Int { Int(sqlite3_total_changes64(database.pointer)) }

    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(database.pointer) }

    /// A number that changes when another connection has committed; our own commits leave it.
    package func dataVersion() throws -> Int64 {
        try statement("PRAGMA data_version").first { $0.int(0) } ?? 0
    }

    /// The application's own version of the schema, kept in the file's header; 0 when new.
    package func userVersion() throws -> Int32 {
        try statement("PRAGMA user_version").first { Int32(truncatingIfNeeded: $0.int(0)) } ?? 0
    }

    package func setUserVersion(_ version: Int32) throws {
        try execute("PRAGMA user_version=\(version)")
    }

    // MARK: Journal

    /// Chooses how a commit is made safe. The write-ahead log lets readers go on while one
    /// connection writes, but needs a local disk and a folder that may be written.
    /// - Returns: the mode in force, which SQLite may keep when it cannot do as asked
    ///   (an in-memory database has no log).
    @discardableResult
    package func setJournalMode(_ mode: JournalMode) throws -> JournalMode {
        let answer = try prepare("PRAGMA journal_mode=\(mode.rawValue)").first { $0.text(0) }
        return answer.flatMap(JournalMode.init(rawValue:)) ?? mode
    }

    /// Moves the write-ahead log into the database file.
    /// - Parameter waitsForReaders: also empties the log, which needs all readers to let go of the
    ///   moment they see; `busy` when one does not in time. Otherwise what a reader still needs
    ///   stays in the log.
    package func checkpoint(waitsForReaders: Bool = true) throws {
        let mode = waitsForReaders ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(database.pointer, nil, mode, nil, nil)
        guard code == SQLITE_OK else { throw database.error(code, sql: "checkpoint") }
    }

    /// Looks for damage in every page, without looking into rows or full-text segments.
    /// - Returns: what is wrong, at most 100 lines; empty when nothing is.
    package func quickCheck() throws -> [String] {
        try prepare("PRAGMA quick_check(100)").rows { $0.text(0) }.filter { $0 != "ok" }
    }
}

extension Connection {
    /// Looks for damage in every page and compares every index with its table.
    /// - Returns: what is wrong, at most 100 lines; empty when nothing is.
    package func integrityCheck() throws -> [String] {
        try prepare("PRAGMA integrity_check(100)").rows { $0.text(0) }.filter { $0 != "ok" }
    }
}

/// Gathers changes during a transaction and writes them once, at its end.
package protocol TransactionParticipant: AnyObject {
    /// Inside the transaction, as its last act; throwing takes all of it back.
    func transactionWillCommit() throws
    /// What was kept back must be forgotten.
    func transactionWasTakenBack()
}

extension Connection.Mode {
    fileprivate var flags: Int32 {
        switch self {
        case .readWriteCreate:
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        case .readOnly: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
        case .inMemory:
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        }
    }
}

/// The raw database, shared by a connection and its statements so that it outlives them all.
final class DatabaseHandle {
    let pointer: OpaquePointer
    let path: String

    init(fileName: String, path: String, flags: Int32) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(fileName, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = String(cString: opened.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw SQLiteError(SQLiteFailure(code: code, message: message, path: path, sql: nil))
        }
        pointer = opened
        self.path = path
    }

    deinit { sqlite3_close_v2(pointer) }

    /// The error of the call that just returned `code`.
    func error(_ code: Int32, sql: String?) -> SQLiteError {
        let isCurrent = sqlite3_extended_errcode(pointer) & 0xff == code & 0xff
        let message = String(cString: isCurrent ? sqlite3_errmsg(pointer) : sqlite3_errstr(code))
        var extended = isCurrent ? sqlite3_extended_errcode(pointer) : code
        // A log that cannot be made for want of room is no matter of permissions.
        if extended & 0xff == SQLITE_CANTOPEN,
            [ENOSPC, EDQUOT, EFBIG].contains(sqlite3_system_errno(pointer))
        {
            extended = SQLITE_FULL
        }
        return SQLiteError(
            SQLiteFailure(code: extended, message: message, path: path, sql: sql))
    }
}
