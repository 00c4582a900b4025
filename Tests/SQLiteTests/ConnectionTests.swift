import Foundation
import SQLite
import TestSupport
import Testing

private struct Interruption: Error {}

@Suite struct ConnectionTests {
    @Test func aTransactionCommitsWhenItsBodyReturns() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sqlite")
        let writer = try Connection(path: path, mode: .readWriteCreate)
        let answer = try writer.transaction {
            try writer.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)")
            return writer.changes
        }
        #expect(answer == 2)
        #expect(writer.lastInsertedRow == 2)
        #expect(!writer.isInTransaction)
        let reader = try Connection(path: path, mode: .readOnly)
        #expect(try reader.statement("SELECT sum(a) FROM t").first { $0.int(0) } == 3)
    }

    @Test func aTransactionRollsBackWhenItsBodyThrows() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        try connection.execute("CREATE TABLE t(a)")
        #expect(throws: Interruption.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)")
                throw Interruption()
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.statement("SELECT count(*) FROM t").first { $0.int(0) } == 0)
    }

    @Test func anInnerTransactionRollsBackAlone() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        try connection.execute("CREATE TABLE t(a)")
        try connection.transaction {
            try connection.execute("INSERT INTO t VALUES (1)")
            try? connection.transaction {
                try connection.execute("INSERT INTO t VALUES (2)")
                throw Interruption()
            }
            try connection.transaction { try connection.execute("INSERT INTO t VALUES (3)") }
        }
        #expect(try connection.statement("SELECT a FROM t").rows { $0.int(0) } == [1, 3])
    }

    /// Notes what it is told.
    private final class Diary: TransactionParticipant {
        let connection: Connection
        var entries: [String] = []

        init(_ connection: Connection) { self.connection = connection }

        func transactionWillCommit() throws {
            entries.append(connection.isInTransaction ? "write" : "too late")
        }
        func transactionWasTakenBack() { entries.append("forget") }
    }

    @Test func aParticipantWritesBeforeTheCommitAndForgetsAfterARollback() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        let diary = Diary(connection)
        struct Interruption: Error {}
        #expect(!connection.enlist(diary))
        try connection.transaction {
            #expect(connection.enlist(diary))
            #expect(connection.enlist(diary))
        }
        #expect(diary.entries == ["write"])
        try connection.transaction {}
        #expect(diary.entries == ["write"])
        try? connection.transaction {
            _ = connection.enlist(diary)
            throw Interruption()
        }
        #expect(diary.entries == ["write", "forget"])
        // What came before an inner transaction is not the inner one's to take back.
        try connection.transaction {
            _ = connection.enlist(diary)
            try? connection.transaction {
                _ = connection.enlist(diary)
                throw Interruption()
            }
        }
        #expect(diary.entries == ["write", "forget", "write", "forget"])
    }

    @Test func theUserVersionIsKeptInTheFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sqlite")
        let first = try Connection(path: path, mode: .readWriteCreate)
        #expect(try first.userVersion() == 0)
        try first.setUserVersion(7)
        #expect(try Connection(path: path, mode: .readOnly).userVersion() == 7)
    }

    @Test func aReaderGoesOnWhileALogIsWrittenAndSeesTheDataVersionChange() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sqlite")
        let writer = try Connection(path: path, mode: .readWriteCreate)
        #expect(try writer.setJournalMode(.wal) == .wal)
        try writer.execute("CREATE TABLE t(a)")
        let reader = try Connection(path: path, mode: .readOnly, busyTimeoutMilliseconds: 0)
        let before = try reader.dataVersion()
        try writer.transaction {
            try writer.execute("INSERT INTO t VALUES (1)")
            #expect(try reader.statement("SELECT count(*) FROM t").first { $0.int(0) } == 0)
        }
        #expect(try reader.statement("SELECT count(*) FROM t").first { $0.int(0) } == 1)
        #expect(try reader.dataVersion() != before)
        try writer.checkpoint()
        #expect(try writer.quickCheck().isEmpty)
    }

    @Test(arguments: ["file:a.sqlite?mode=memory", ":memory:", "-a b.sqlite", "数据.sqlite"])
    func aPathIsAPathWhateverItLooksLike(name: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(name)
        try Connection(path: path, mode: .readWriteCreate).execute("CREATE TABLE t(a)")
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["", "a\0b"])
    func anEmptyPathOrOneWithNULIsRefused(path: String) {
        #expect { try Connection(path: path, mode: .readWriteCreate) } throws: { error in
            guard case SQLiteError.cannotOpen = error else { return false }
            return true
        }
    }

    @Test func foreignKeysAreEnforced() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        try connection.execute(
            """
            CREATE TABLE parent(id INTEGER PRIMARY KEY);
            CREATE TABLE child(parent INTEGER REFERENCES parent(id));
            """)
        #expect { try connection.execute("INSERT INTO child VALUES (1)") } throws: { error in
            guard case SQLiteError.constraint = error else { return false }
            return true
        }
    }

    @Test(arguments: [
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='x'",
        "CREATE TABLE u AS SELECT \"not a column\" AS a",
        "SELECT load_extension('nothing')",
        "UPDATE words_data SET block=x'00'",
    ])
    func settingsForUntrustedFilesAreOn(sql: String) throws {
        let connection = try Connection(path: "", mode: .inMemory)
        try connection.execute(
            "CREATE TABLE t(a); CREATE VIRTUAL TABLE words USING fts5(a)")
        #expect(throws: SQLiteError.self) { try connection.execute(sql) }
    }

    @Test func pagesAreNotMapped() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.path("a.sqlite"), mode: .readWriteCreate)
        try connection.execute("CREATE TABLE t(a)")
        #expect(try connection.prepare("PRAGMA mmap_size").first { $0.int(0) } == 0)
        #expect(try connection.prepare("PRAGMA secure_delete").first { $0.int(0) } == 1)
    }
}
