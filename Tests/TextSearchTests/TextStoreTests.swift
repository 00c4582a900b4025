import Corpus
import Foundation
import SQLite
import TestSupport
import Testing
import TextSearch

/// A new library's text in memory.
func newStore(ranking: TextRanking = TextRanking()) throws -> (TextStore, Connection) {
    let connection = try Connection(path: "", mode: .inMemory)
    try TextStore.createSchema(in: connection)
    return (try TextStore(connection: connection, ranking: ranking), connection)
}

func asset(_ number: Int64) -> AssetID { AssetID(value: number) }

func failure<Failure: Error>(_ type: Failure.Type, _ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch { return error as? Failure }
}

@Suite struct TextStoreTests {
    @Test(arguments: [
        Passage(text: "", source: .title),
        Passage(text: "plain words", source: .fileName),
        Passage(
            text: "two\nlines, 北京 and 👩‍👩‍👧", source: .subtitle,
            span: TimeSpan(startSeconds: 1.25, endSeconds: 3.5), language: "eng"),
        Passage(
            text: "a NUL \0 inside", source: .title,
            span: TimeSpan(startSeconds: 0, endSeconds: 0), language: ""),
        Passage(
            text: "'); DROP TABLE passages; --", source: .subtitle,
            span: TimeSpan(startSeconds: -0.04, endSeconds: 360_000)),
    ])
    func aPassageComesBackAsItWas(passage: Passage) throws {
        let (store, _) = try newStore()
        let row = try store.add(passage, asset: asset(.max), ordinal: 7)
        let stored = StoredPassage(row: row, asset: asset(.max), ordinal: 7, passage: passage)
        #expect(try store.passage(row) == stored)
        #expect(try store.passages(of: asset(.max)) == [stored])
        #expect(try store.count() == 1)
        #expect(try store.passage(row + 1) == nil)
        #expect(try store.integrityCheck().isEmpty)
    }

    @Test func timesAreKeptToTheMillisecond() throws {
        let (store, _) = try newStore()
        let span = TimeSpan(startSeconds: 1.23449, endSeconds: 2.0006)
        let row = try store.add(
            Passage(text: "a", source: .subtitle, span: span), asset: asset(1), ordinal: 0)
        let read = try store.passage(row)?.passage.span
        #expect(read == TimeSpan(startSeconds: 1.234, endSeconds: 2.001))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func aTimeThatIsNoTimeIsRefused(seconds: Double) throws {
        let (store, _) = try newStore()
        var span = TimeSpan(startSeconds: 0, endSeconds: 1)
        span.endSeconds = seconds
        let passage = Passage(text: "a", source: .subtitle, span: span)
        #expect(
            failure(TextSearchError.self) { try store.add(passage, asset: asset(1), ordinal: 0) }
                != nil)
        #expect(try store.count() == 0)
    }

    @Test func aNumberIsUsedOnceAnAsset() throws {
        let (store, _) = try newStore()
        let passage = Passage(text: "first words", source: .title)
        try store.add(passage, asset: asset(1), ordinal: 0)
        try store.add(passage, asset: asset(2), ordinal: 0)
        guard
            case .constraint = failure(
                SQLiteError.self, { try store.add(passage, asset: asset(1), ordinal: 0) })
        else {
            Issue.record("the second passage of one number was accepted")
            return
        }
        // Its terms were taken back too.
        #expect(try store.integrityCheck().isEmpty)
        #expect(try store.search("first", limit: 10).matches.count == 2)
    }

    @Test func aRefusedPassageLeavesACallersTransactionSound() throws {
        let (store, connection) = try newStore()
        try connection.transaction {
            try store.add(Passage(text: "one", source: .title), asset: asset(1), ordinal: 0)
            #expect(throws: SQLiteError.self) {
                try store.add(Passage(text: "two", source: .title), asset: asset(1), ordinal: 0)
            }
            try store.add(Passage(text: "three", source: .title), asset: asset(1), ordinal: 1)
        }
        #expect(try store.integrityCheck().isEmpty)
        #expect(try store.search("one two three", limit: 10).matches.count == 2)
    }

    @Test func passagesComeInTheOrderOfTheirNumbers() throws {
        let (store, _) = try newStore()
        for ordinal in [3, 1, 2] {
            try store.add(
                Passage(text: "number \(ordinal)", source: .title), asset: asset(5),
                ordinal: ordinal)
        }
        #expect(try store.passages(of: asset(5)).map(\.ordinal) == [1, 2, 3])
        #expect(try store.passages(of: asset(6)).isEmpty)
    }

    @Test func removedPassagesAreNotFound() throws {
        let (store, connection) = try newStore()
        for number in 1...3 {
            for ordinal in 0..<4 {
                try store.add(
                    Passage(text: "common word\(number)", source: .title),
                    asset: asset(Int64(number)), ordinal: ordinal)
            }
        }
        try store.removePassages(of: asset(2))
        try store.removePassages(of: asset(99))
        #expect(try store.count() == 8)
        #expect(try store.passages(of: asset(2)).isEmpty)
        let found = try store.search("common word2", limit: 100)
        #expect(found.matches.count == 8)
        #expect(found.queryTerms.map(\.documentFrequency) == [8, 0])
        #expect(try store.integrityCheck().isEmpty)
        try store.compactIndex()
        #expect(try store.search("common word2", limit: 100).matches == found.matches)
        #expect(try store.integrityCheck().isEmpty)
        let terms = try connection.statement("SELECT DISTINCT term FROM posting_lists ORDER BY 1")
            .rows { $0.text(0) }
        #expect(terms == ["common", "word1", "word3"])
    }

    @Test func removedWordsAreGoneFromTheFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sqlite")
        let connection = try Connection(path: path, mode: .readWriteCreate)
        try TextStore.createSchema(in: connection)
        let store = try TextStore(connection: connection)
        let holdsSecret = {
            try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("zyxwvu".utf8)) != nil
        }
        for number in Int64(0)..<20 {
            try store.add(
                Passage(text: number == 7 ? "zyxwvu" : "word\(number)", source: .title),
                asset: asset(number), ordinal: 0)
        }
        #expect(try holdsSecret())
        try store.removePassages(of: asset(7))
        try store.compactIndex()
        #expect(try !holdsSecret())
        #expect(try store.integrityCheck().isEmpty)
        #expect(try store.search("word8", limit: 1).matches.count == 1)
    }

    @Test func aFailedTransactionTakesBackPassagesAndTerms() throws {
        let (store, connection) = try newStore()
        struct Interruption: Error {}
        try store.add(Passage(text: "stays", source: .title), asset: asset(1), ordinal: 0)
        #expect(throws: Interruption.self) {
            try connection.transaction {
                try store.add(Passage(text: "goes", source: .title), asset: asset(2), ordinal: 0)
                try store.removePassages(of: asset(1))
                #expect(try store.search("goes", limit: 1).matches.count == 1)
                throw Interruption()
            }
        }
        #expect(try store.search("goes", limit: 1).matches.isEmpty)
        #expect(try store.search("stays", limit: 1).matches.count == 1)
        #expect(try store.integrityCheck().isEmpty)
    }

    @Test func aReaderFollowsAWriter() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sqlite")
        let writing = try Connection(path: path, mode: .readWriteCreate)
        try writing.setJournalMode(.wal)
        try TextStore.createSchema(in: writing)
        let writer = try TextStore(connection: writing)
        let reader = try TextStore(connection: Connection(path: path, mode: .readOnly))
        for number in 1...3 {
            try writer.add(
                Passage(text: "word", source: .title), asset: asset(Int64(number)), ordinal: 0)
            #expect(try reader.search("word", limit: 10).matches.count == number)
        }
        try writer.removePassages(of: asset(2))
        #expect(try reader.search("word", limit: 10).matches.map(\.asset) == [asset(1), asset(3)])
    }

    @Test func anyMixtureOfAddingAndRemovingLeavesASoundIndex() throws {
        var random = SeededRandom(seed: 1)
        let (store, _) = try newStore()
        let words = ["red", "Réd", "北京大学", "ไทย", "don't", "a_b.c", "\0", "\u{301}", "👩‍👩‍👧", "x y"]
        var texts: [Int64: [String]] = [:]
        for _ in 0..<300 {
            let number = Int64.random(in: 0..<12, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                try store.removePassages(of: asset(number))
                texts[number] = nil
            } else {
                let length = Int.random(in: 0...6, using: &random)
                let text = (0..<length).map { _ in words.randomElement(using: &random) ?? "" }
                    .joined(separator: " ")
                try store.add(
                    Passage(text: text, source: .title), asset: asset(number),
                    ordinal: texts[number, default: []].count)
                texts[number, default: []].append(text)
            }
        }
        #expect(try store.integrityCheck().isEmpty)
        for (number, expected) in texts {
            #expect(try store.passages(of: asset(number)).map(\.passage.text) == expected)
        }
        let red = texts.values.joined().filter { $0.contains("red") || $0.contains("Réd") }
        #expect(try store.search("RED", limit: 1000).matches.count == red.count)
    }

    // MARK: Damage

    @Test(arguments: [
        "text = text || 'x'", "asset = asset + 1", "ordinal = 9", "start_ms = 5", "end_ms = 5",
        "start_ms = NULL", "source = 'title'", "source = 'unheard of'", "language = 'deu'",
        "asset = -1", "checksum = checksum + 1", "text = CAST(x'ff' AS TEXT)",
    ])
    func aChangedRowIsNoticed(change: String) throws {
        let (store, connection) = try newStore()
        let row = try store.add(
            Passage(
                text: "words", source: .subtitle, span: TimeSpan(startSeconds: 1, endSeconds: 2)),
            asset: asset(1), ordinal: 0)
        try connection.execute("UPDATE passages SET \(change)")
        #expect(
            failure(TextSearchError.self) { _ = try store.passage(row) }
                == .damagedPassage(row: row))
        #expect(try store.integrityCheck().contains(.passage(row: row)))
    }

    @Test(arguments: [
        // A row whose words are gone, and words whose row is gone.
        """
        INSERT INTO passage_index(passage_index, rowid, text) VALUES ('delete', 2, 'word number1');
        INSERT INTO passage_index(rowid, text) VALUES (77, 'dangling')
        """,
        "DELETE FROM posting_lists WHERE term = CAST('number1' AS BLOB)",
        "DELETE FROM posting_segments",
        "UPDATE posting_segments SET first_row = first_row + 1",
        "UPDATE posting_segments SET row_count = row_count - 1",
        "UPDATE posting_segments SET directory = x''",
        "UPDATE posting_lists SET list = x'' WHERE term = CAST('word' AS BLOB)",
        "UPDATE posting_lists SET list = list || x'00' WHERE term = CAST('word' AS BLOB)",
        "UPDATE posting_lists SET list = randomblob(length(list))",
        "UPDATE posting_lists SET term = CAST('sword' AS BLOB) WHERE term = CAST('word' AS BLOB)",
        "INSERT INTO posting_removed VALUES (3)",
    ])
    func anIndexThatDoesNotFitIsNoticedAndMadeAgain(damage: String) throws {
        let (store, connection) = try newStore()
        for ordinal in 0..<5 {
            try store.add(
                Passage(text: "word number\(ordinal)", source: .title), asset: asset(1),
                ordinal: ordinal)
        }
        try connection.execute(damage)
        #expect(try store.integrityCheck() == [.index])
        // Found or not, or a sentence; never a trap.
        _ = failure(TextSearchError.self) { _ = try store.search("word number1", limit: 9) }
        try store.rebuildIndex()
        #expect(try store.integrityCheck().isEmpty)
        #expect(try store.search("dangling", limit: 1).matches.isEmpty)
        #expect(try store.search("word", limit: 10).matches.count == 5)
    }

    @Test func aDamagedListIsNamed() throws {
        let (store, connection) = try newStore()
        try store.add(Passage(text: "some words", source: .title), asset: asset(1), ordinal: 0)
        try connection.execute("UPDATE posting_lists SET list = x'0011223344'")
        #expect(
            failure(TextSearchError.self) { _ = try store.search("words", limit: 1) }
                == .damagedPostings(term: "word"))
    }

    @Test func anIndexOfOtherTermsIsReadButNotWrittenUntilMadeAgain() throws {
        let (store, connection) = try newStore()
        try store.add(Passage(text: "word", source: .title), asset: asset(1), ordinal: 0)
        try connection.execute("UPDATE passage_settings SET value = 'terms 0, ICU 1.0'")
        let reopened = try TextStore(connection: connection)
        #expect(try reopened.search("word", limit: 1).matches.count == 1)
        let refused = TextSearchError.otherTerms(
            recorded: "terms 0, ICU 1.0", current: TermTokenizer.version)
        #expect(
            failure(TextSearchError.self) {
                try reopened.add(Passage(text: "b", source: .title), asset: asset(2), ordinal: 0)
            } == refused)
        #expect(
            failure(TextSearchError.self) { try reopened.removePassages(of: asset(1)) } == refused)
        try reopened.rebuildIndex()
        try reopened.removePassages(of: asset(1))
        #expect(try reopened.count() == 0)
        #expect(try TextStore(connection: connection).termVersion == TermTokenizer.version)
    }

    @Test func aDatabaseWithoutTheTablesIsAnError() throws {
        let connection = try Connection(path: "", mode: .inMemory)
        #expect(failure(SQLiteError.self) { _ = try TextStore(connection: connection) } != nil)
    }
}
