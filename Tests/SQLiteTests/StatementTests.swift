import SQLite
import TestSupport
import Testing

@Suite struct StatementTests {
    private let connection: Connection

    init() throws { connection = try Connection(path: "", mode: .inMemory) }

    @Test(arguments: [0, 1, -1, Int64.max, Int64.min])
    func integersComeBack(value: Int64) throws {
        #expect(try connection.statement("SELECT ?1").first(value) { $0.int(0) } == value)
    }

    @Test(arguments: [0, -0.5, .pi, 1e308, -.infinity, .leastNonzeroMagnitude])
    func realsComeBack(value: Double) throws {
        #expect(try connection.statement("SELECT ?1").first(value) { $0.double(0) } == value)
    }

    @Test func notANumberBecomesNull() throws {
        #expect(try connection.statement("SELECT ?1").first(Double.nan) { $0.isNull(0) } == true)
    }

    @Test(arguments: ["", "a", "naïve", "北京", "a\0b", "👩‍👩‍👧", String(repeating: "é", count: 70_000)])
    func textsComeBack(value: String) throws {
        let statement = try connection.statement("SELECT ?1, typeof(?1)")
        let read = try statement.first(value) { ($0.text(0), $0.isNull(0), $0.text(1)) }
        #expect(read?.0 == value)
        #expect(read?.1 == false)
        #expect(read?.2 == "text")
    }

    @Test(arguments: [[], [0], [255, 0, 254], [UInt8](repeating: 7, count: 100_000)])
    func bytesComeBack(value: [UInt8]) throws {
        let statement = try connection.statement("SELECT ?1, typeof(?1)")
        let read = try statement.first(value) { ($0.bytes(0), $0.text(1)) }
        #expect(read?.0 == value)
        #expect(read?.1 == "blob")
    }

    @Test func nothingIsNull() throws {
        let missing: String? = nil
        let read = try connection.statement("SELECT ?1, ?2").first(nil, missing) {
            [$0.isNull(0), $0.isNull(1), $0.optionalInt(0) == nil, $0.optionalText(1) == nil]
        }
        #expect(read == [true, true, true, true])
    }

    @Test func bytesThatAreNotUTF8AreReadAsReplacementCharacters() throws {
        let text = try connection.statement("SELECT CAST(x'61ff62' AS TEXT)").first { $0.text(0) }
        #expect(text == "a\u{fffd}b")
    }

    @Test func bytesCanBeReadInPlace() throws {
        let count = try connection.statement("SELECT zeroblob(1000)").first {
            $0.withBytes(0) { $0.count }
        }
        #expect(count == 1000)
    }

    @Test func theSameTextGivesTheSameStatement() throws {
        #expect(try connection.statement("SELECT 1") === connection.statement("SELECT 1"))
    }

    @Test func aStatementInUseIsNotHandedOutAgain() throws {
        try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)")
        let sql = "SELECT a FROM t WHERE a >= ?1"
        var pairs: [[Int64]] = []
        try connection.statement(sql).forEachRow(2) { outer in
            let outerValue = outer.int(0)
            pairs += try connection.statement(sql).rows(2) { [outerValue, $0.int(0)] }
            return true
        }
        #expect(pairs == [[2, 2], [2, 3], [3, 2], [3, 3]])
    }

    @Test func visitingStopsWhenAsked() throws {
        var seen = 0
        try connection.statement("VALUES (1), (2), (3)").forEachRow { _ in
            seen += 1
            return seen < 2
        }
        #expect(seen == 2)
    }

    @Test func aThousandDifferentStatementsDoNotPileUp() throws {
        for number in 0..<1000 {
            #expect(
                try connection.statement("SELECT \(number)").first { $0.int(0) } == Int64(number))
        }
    }

    @Test func aStatementOutlivesItsConnection() throws {
        var connection: Connection? = try Connection(path: "", mode: .inMemory)
        let statement = try #require(try connection?.prepare("SELECT 42"))
        connection = nil
        #expect(try statement.first { $0.int(0) } == 42)
    }

    @Test(arguments: ["", "  ", "-- nothing"])
    func sqlWithoutAStatementDoesNothing(sql: String) throws {
        try connection.execute(sql)
        #expect(throws: SQLiteError.self) { try connection.prepare(sql).run() }
    }

    @Test func valuesLeaveNoTraceInTheNextRun() throws {
        let statement = try connection.statement("SELECT ?1")
        _ = try statement.first("secret") { $0.text(0) }
        try statement.bind([nil])
        #expect(try statement.step())
        #expect(statement.isNull(0))
    }
}
