/// What went wrong in a database, sorted by what the caller can do about it.
package enum SQLiteError: Error, Sendable, Equatable {
    /// Another connection holds the lock; trying again later may work.
    case busy(SQLiteFailure)
    /// The file is damaged, or is not a database at all.
    case corrupt(SQLiteFailure)
    /// The disk, or the quota, has no room left. The transaction was rolled back.
    case full(SQLiteFailure)
    /// The connection or the file may not be written.
    case readOnly(SQLiteFailure)
    /// The file is missing, is a folder, or may not be opened.
    case cannotOpen(SQLiteFailure)
    /// Reading or writing the file failed below SQLite.
    case inputOutput(SQLiteFailure)
    /// A row breaks a UNIQUE, NOT NULL, CHECK or foreign-key rule.
    case constraint(SQLiteFailure)
    /// A value is longer than SQLite, or FTS5, can hold.
    case tooBig(SQLiteFailure)
    /// Any other code: a mistake in our SQL, or memory that ran out.
    case other(SQLiteFailure)

    package var failure: SQLiteFailure {
        switch self {
        case .busy(let failure), .corrupt(let failure), .full(let failure),
            .readOnly(let failure), .cannotOpen(let failure), .inputOutput(let failure),
            .constraint(let failure), .tooBig(let failure), .other(let failure):
            failure
        }
    }

    /// Sorts by the primary result code, the low byte of the extended one
    /// (the list of codes: sqlite.org/rescode.html).
    init(_ failure: SQLiteFailure) {
        switch failure.code & 0xff {
        case 5, 6: self = .busy(failure)  // SQLITE_BUSY, SQLITE_LOCKED
        case 8: self = .readOnly(failure)  // SQLITE_READONLY
        case 10: self = .inputOutput(failure)  // SQLITE_IOERR
        case 11, 26: self = .corrupt(failure)  // SQLITE_CORRUPT, SQLITE_NOTADB
        case 13: self = .full(failure)  // SQLITE_FULL
        case 3, 14, 23: self = .cannotOpen(failure)  // SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH
        case 18: self = .tooBig(failure)  // SQLITE_TOOBIG
        case 19: self = .constraint(failure)  // SQLITE_CONSTRAINT
        default: self = .other(failure)
        }
    }
}

/// SQLite's own account of a failure. Bound values never appear in it.
package struct SQLiteFailure: Sendable, Equatable {
    /// Extended result code.
    package let code: Int32
    /// SQLite's message, in English.
    package let message: String
    /// The database file, or `:memory:`.
    package let path: String
    /// First words of the statement, when one was running.
    package let statement: String?

    init(code: Int32, message: String, path: String, sql: String?) {
        self.code = code
        self.message = message
        self.path = path
        self.statement = sql.map(Self.gist(of:))
    }

    /// One line of at most 80 characters: enough to know the statement by.
    private static func gist(of sql: String) -> String {
        let words = sql.split(whereSeparator: \.isWhitespace).prefix(24).joined(separator: " ")
        return words.count <= 80 ? words : words.prefix(79) + "…"
    }
}

extension SQLiteError: CustomStringConvertible {
    package var description: String {
        let place = "the database \(failure.path)"
        let sentence =
            switch self {
            case .busy:
                "\(place) is in use by another program. Wait for it to finish, then try again"
            case .corrupt: "\(place) is damaged or is not a database. Restore or rebuild it"
            case .full: "there is no room left to write \(place). Free some space, then try again"
            case .readOnly: "\(place) may only be read. Check its permissions and its disk"
            case .cannotOpen: "\(place) cannot be opened. Check that it exists and may be read"
            case .inputOutput: "reading or writing \(place) failed. Check the disk"
            case .constraint: "a row does not fit \(place)"
            case .tooBig: "a value is too big for \(place)"
            case .other: "\(place) refused a statement"
            }
        let detail =
            "SQLite \(failure.code): \(failure.message)"
            + (failure.statement.map { ", in: \($0)" } ?? "")
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + " (\(detail))."
    }
}
