import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct SQLiteErrorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ body: () throws -> Void) -> SQLiteError? {
        do {
            try body()
            return nil
        } catch { return error as? SQLiteError }
    }

    @Test func aMissingFileCannotBeOpened() {
        let path = folder.path("missing.sqlite")
        let error = error { _ = try Connection(path: path, mode: .readOnly) }
        #expect(
            error?.description
                == "The database \(path) cannot be opened. Check that it exists and may be read "
                + "(SQLite 14: unable to open database file).")
    }

    @Test func aFolderCannotBeOpened() {
        let error = error { _ = try Connection(path: folder.url.path, mode: .readWriteCreate) }
        guard case .cannotOpen = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func anotherKindOfFileIsCorrupt() throws {
        let path = folder.path("film.sqlite")
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
        let error = error { _ = try Connection(path: path, mode: .readWriteCreate) }
        guard case .corrupt(let failure) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(failure.message == "file is not a database")
    }

    @Test func writingAReadOnlyConnectionIsRefused() throws {
        let path = folder.path("a.sqlite")
        try Connection(path: path, mode: .readWriteCreate).execute("CREATE TABLE t(a)")
        let error = error {
            try Connection(path: path, mode: .readOnly).execute("INSERT INTO t VALUES (1)")
        }
        guard case .readOnly(let failure) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(failure.statement == "INSERT INTO t VALUES (1)")
    }

    @Test func aSecondWriterIsToldThatTheDatabaseIsBusy() throws {
        let path = folder.path("a.sqlite")
        let first = try Connection(path: path, mode: .readWriteCreate)
        try first.execute("CREATE TABLE t(a)")
        let second = try Connection(path: path, mode: .readWriteCreate, busyTimeoutMilliseconds: 1)
        try first.transaction {
            let error = error { try second.transaction { try second.execute("SELECT 1") } }
            guard case .busy = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
        try second.transaction { try second.execute("INSERT INTO t VALUES (1)") }
    }

    @Test func aFullDatabaseRollsBackAndStaysReadable() throws {
        let connection = try Connection(path: folder.path("a.sqlite"), mode: .readWriteCreate)
        try connection.execute("CREATE TABLE t(a); PRAGMA max_page_count=20")
        let error = error {
            try connection.transaction {
                for _ in 0..<100 {
                    try connection.statement("INSERT INTO t VALUES (?1)")
                        .run([UInt8](repeating: 1, count: 4000))
                }
            }
        }
        guard case .full = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.statement("SELECT count(*) FROM t").first { $0.int(0) } == 0)
    }

    @Test func aLongStatementIsCutToOneLine() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        let sql = "SELECT\n   missing" + String(repeating: ", another", count: 60)
        let error = error { try connection.execute(sql) }
        guard case .other(let failure) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(failure.statement?.hasPrefix("SELECT missing, another") == true)
        #expect(failure.statement?.count == 80)
    }

    @Test func aFailingStatementCanBeUsedAgain() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        try connection.execute("CREATE TABLE t(a UNIQUE)")
        let insert = "INSERT INTO t VALUES (?1)"
        try connection.statement(insert).run(1)
        guard case .constraint = error({ try connection.statement(insert).run(1) }) else {
            Issue.record("a second equal value must be refused")
            return
        }
        try connection.statement(insert).run(2)
        #expect(try connection.statement("SELECT count(*) FROM t").first { $0.int(0) } == 2)
    }

    /// Reads everything a database holds.
    private func readAll(_ path: String) throws {
        let connection = try Connection(path: path, mode: .readOnly, busyTimeoutMilliseconds: 0)
        _ = try connection.quickCheck()
        _ = try connection.prepare("SELECT a, b FROM t WHERE b > 'k' ORDER BY a").rows {
            ($0.int(0), $0.text(1))
        }
        _ = try connection.prepare("SELECT rowid FROM words WHERE words MATCH 'seven'").rows {
            $0.int(0)
        }
    }

    private func sampleDatabase() throws -> [UInt8] {
        let path = folder.path("sample.sqlite")
        let connection = try Connection(path: path, mode: .readWriteCreate)
        try connection.execute(
            """
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);
            CREATE INDEX i ON t(b);
            CREATE VIRTUAL TABLE words USING fts5(b);
            """)
        try connection.transaction {
            for number in 0..<200 {
                try connection.statement("INSERT INTO t VALUES (?1, ?2)").run(number, "k\(number)")
                try connection.statement("INSERT INTO words VALUES (?1)").run("seven w\(number)")
            }
        }
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func aDatabaseCutAnywhereIsReadOrRefusedButNeverTraps() throws {
        let whole = try sampleDatabase()
        let path = folder.path("cut.sqlite")
        var refused = 0
        for length in stride(from: 0, to: whole.count, by: 509) {
            try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
            if error({ try readAll(path) }) != nil { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test func aDatabaseWithFlippedBitsIsReadOrRefusedButNeverTraps() throws {
        let whole = try sampleDatabase()
        let path = folder.path("flipped.sqlite")
        var random = SeededRandom(seed: 11)
        var refused = 0
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<8 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            if error({ try readAll(path) }) != nil { refused += 1 }
        }
        #expect(refused > 0)
    }
}
