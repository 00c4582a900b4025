import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Reading and writing runs and judgements, whole and damaged.
@Suite struct EvaluationFilesTests {
    private func run(_ text: String) throws -> RankedRun {
        try RankedRun(FileText(Array(text.utf8), path: "my.run"))
    }

    private func judgements(_ text: String) throws -> RelevanceJudgements {
        try RelevanceJudgements(FileText(Array(text.utf8), path: "my.qrels"))
    }

    @Test(arguments: [
        ("7 Q0 a 1 3\n", 1, EvaluationError.Damage.fields(found: 5, .run)),
        ("7 Q0 a 1 3 x y\n", 1, .fields(found: 7, .run)),
        ("# note\n\n7 Q0 a 1 3 x\n7 Q0 b\n", 4, .fields(found: 3, .run)),
        ("7 Q0 a 1 high x", 1, .score("high")), ("7 Q0 a 1 nan x", 1, .score("nan")),
        ("7 Q0 a 1 inf x", 1, .score("inf")), ("7 Q0 a 1 0x10 x", 1, .score("0x10")),
        ("7 Q0 a 1 1e999 x", 1, .score("1e999")), ("7 Q0 a 1 1,5 x", 1, .score("1,5")),
        ("7 Q0 a 1 e x", 1, .score("e")), ("7 Q0 a 1 1.2.3 x", 1, .score("1.2.3")),
    ])
    func damagedLinesOfARunAreNamed(text: String, line: Int, damage: EvaluationError.Damage) {
        #expect(throws: EvaluationError.damagedLine(path: "my.run", line: line, damage)) {
            try run(text)
        }
    }

    @Test(arguments: [
        ("7 0 a\n", 1, EvaluationError.Damage.fields(found: 3, .judgements)),
        ("7 0 a 1\n7 0 b 1 1\n", 2, .fields(found: 5, .judgements)),
        ("7 0 a 1.5\n", 1, .level("1.5")), ("7 0 a ++1", 1, .level("++1")),
        ("7 0 a 1\u{0}", 1, .level("1\u{0}")),
        ("7 0 a 99999999999999999999", 1, .level("99999999999999999999")),
        ("7 0 a -2147483648", 1, .level("-2147483648")),
        ("query-id\tcorpus-id\tscore\n7\ta", 2, .fields(found: 2, .table)),
        ("query-id\tcorpus-id\tscore\n7\t\t1", 2, .fields(found: 3, .table)),
        ("query-id\tcorpus-id\tscore\n7\ta\tyes", 2, .level("yes")),
    ])
    func damagedLinesOfJudgementsAreNamed(
        text: String, line: Int, damage: EvaluationError.Damage
    ) {
        #expect(throws: EvaluationError.damagedLine(path: "my.qrels", line: line, damage)) {
            try judgements(text)
        }
    }

    @Test func aDocumentThatComesTwiceForAQueryIsNamedWithBothLines() {
        #expect(
            throws: EvaluationError.duplicate(
                path: "my.run", line: 4, firstLine: 1, query: "7", document: "a")
        ) { try run("7 Q0 a 1 3 x\n8 Q0 a 1 3 x\n7 Q0 b 1 2 x\n7 Q0 a 2 1 x\n") }
        #expect(
            throws: EvaluationError.duplicate(
                path: "my.qrels", line: 2, firstLine: 1, query: "7", document: "a")
        ) { try judgements("7 0 a 1\n7 0 a 0\n") }
    }

    @Test(arguments: ["", "\n \n", "# only a note"])
    func filesWithoutLinesAreRefused(text: String) {
        #expect(throws: EvaluationError.empty(path: "my.run", format: .run)) { try run(text) }
        #expect(throws: EvaluationError.empty(path: "my.qrels", format: .judgements)) {
            try judgements(text)
        }
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: EvaluationError.self) {
            try RankedRun(readingAt: "/no/such.run")
        }
        #expect(error?.description.hasPrefix("/no/such.run cannot be read: No such file") == true)
        #expect(throws: EvaluationError.self) { try RelevanceJudgements(readingAt: "/") }
    }

    @Test func messagesSayWhatToDoAndControlNoTerminal() {
        let error = EvaluationError.damagedLine(
            path: "my.run", line: 3, .score("\u{1B}[2J" + String(repeating: "9", count: 100)))
        #expect(
            error.description
                == "Line 3 of my.run has the score “ [2J" + String(repeating: "9", count: 56)
                + "”. Expected a finite number.")
    }

    @Test(arguments: [
        "7 Q0 b 1 3 x\n7 Q0 a 2 2 x\n", "7 Q0 a 1 2 x\r\n7 Q0 b 9 3 x\r\n",
        "\u{FEFF}7\tQ0\tb 1  3 x\n# 7 Q0 z 1 9 x\n\n 7 Q0 a 2 2 x",
        "8 Q0 a 1 1 x\n7 Q0 a 2 2 x\n8 Q0 b 1 1 x\n7 Q0 b 1 2.5e0 x",
        // Equal scores, also where only double precision tells them apart: by name, falling.
        "7 Q0 a 1 1 x\n7 Q0 b 2 1 x", "7 Q0 a 1 1.00000000002 x\n7 Q0 b 2 1.00000000001 x",
    ])
    func documentsGoByScoreAndThenByName(text: String) throws {
        #expect(try run(text).documents(of: "7") == ["b", "a"])
    }

    @Test func namesAreComparedByteByByte() throws {
        let names = ["a", "ab", "B", "é", "a\u{1}", "10", "9"]
        let lines = names.map { "7 Q0 \($0) 1 0 x\n" }.joined()
        #expect(
            try run(lines).documents(of: "7") == ["é", "ab", "a\u{1}", "a", "B", "9", "10"])
    }

    @Test func aQueryThatIsNotThereHasNoDocuments() throws {
        #expect(try run("7 Q0 a 1 1 x").documents(of: "8") == [])
    }

    @Test func whatIsWrittenKeepsItsOrderHoweverScoresCoincide() throws {
        let scores = [1e300, 1, 1, 1 - 1e-12, 0.5, 1e-50, 0, 0, -0.25, -0.25, -1e300, -1e300]
        let ranking = scores.enumerated().map { (document: "d\($0.offset)", score: $0.element) }
        var writer = try RunWriter(name: "reel")
        try writer.add(query: "q", ranking: ranking)
        let folder = try TemporaryFolder()
        try writer.write(to: folder.path("out.run"))
        let read = try RankedRun(readingAt: folder.path("out.run"))
        #expect(read.documents(of: "q") == ranking.map(\.document))
        let lines = String(decoding: writer.bytes, as: UTF8.self).split(separator: "\n")
        let written = try lines.map { line in
            try #require(Float(line.split(separator: " ")[4]))
        }
        for (score, next) in zip(written, written.dropFirst()) { #expect(score > next) }
        #expect(lines[2] == "q Q0 d2 3 0.99999994 reel")
    }

    @Test func aSearchThatFoundNothingAtAllScoresNothing() throws {
        var writer = try RunWriter(name: "reel")
        try writer.add(query: "7", ranking: [])
        let evaluation = try RankingEvaluation(
            of: RankedRun(writer, path: "my.run"), against: judgements("7 0 a 1"),
            averaging: .judgedQueries)
        #expect(evaluation.means == [0, 0, 0, 0, 0])
        #expect(evaluation.unansweredQueries == ["7"])
    }

    @Test(arguments: ["", "two words", "tab\t", "#note"])
    func namesThatWouldSpoilARunAreRefused(name: String) throws {
        #expect(throws: EvaluationError.nameWithBlanks(name)) { try RunWriter(name: name) }
        var writer = try RunWriter(name: "reel")
        #expect(throws: EvaluationError.nameWithBlanks(name)) {
            try writer.add(query: name, ranking: [])
        }
        #expect(throws: EvaluationError.nameWithBlanks(name)) {
            try writer.add(query: "q", ranking: [(name, 1)])
        }
    }

    @Test func filesThatShareNoQueryAreRefused() throws {
        let run = try run("7 Q0 a 1 1 x")
        let judgements = try judgements("8 0 a 1")
        #expect(
            throws: EvaluationError.nothingToCompare(run: "my.run", judgements: "my.qrels")
        ) { try RankingEvaluation(of: run, against: judgements) }
        // Unless every judged query is to count.
        let evaluation = try RankingEvaluation(
            of: run, against: judgements, averaging: .judgedQueries)
        #expect(evaluation.means.allSatisfy { $0 == 0 })
    }

    @Test func randomBytesAreReadOrRefusedNeverATrap() {
        var random = SeededRandom(seed: 5)
        let alphabet = Array("7 Q0 a\t1.5e-\n\n# \u{0}é".utf8) + [0xFF, 0xC3]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let text = FileText(bytes, path: "random")
            _ = try? RankedRun(text)
            _ = try? RelevanceJudgements(text)
        }
    }
}
