import Foundation
import TestSupport
import Testing

/// `reel texts` on a few lines.
@Suite struct TextsCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try write("The red car\nA blue boat\n\nRunning dogs behind a red boat\n", to: "lines.txt")
        try write("red boat\ndog\nunheard\n", to: "queries.txt")
        try write(
            """
            {"_id": "d1", "title": "Boats", "text": "A blue boat"}
            {"_id": "d2", "title": "", "text": "A red car"}

            """, to: "corpus.jsonl")
        try write("{\"_id\": \"q7\", \"text\": \"-car red boats\"}\n", to: "queries.jsonl")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }

    private func run(_ arguments: String...) throws -> BuiltProgram.Run {
        try BuiltProgram.run(["texts"] + arguments, in: folder.url.path)
    }

    @Test(arguments: ["bm25", "tfidf"])
    func linesAreFoundByTheirNumbers(_ ranking: String) throws {
        let built = try run("build", "--input", "lines.txt", "--output", "index")
        #expect(built.exitCode == 0, "\(built.messages)")
        #expect(try built.objects().first?["passages"] as? Int == 4)
        let searched = try run(
            "search", "--index", "index", "--queries", "queries.txt", "--ranking", ranking,
            "--output", "run")
        #expect(searched.exitCode == 0, "\(searched.messages)")
        #expect(try searched.objects().first?["queries"] as? Int == 3)
        let lines = try String(contentsOfFile: folder.path("run"), encoding: .utf8)
            .split(separator: "\n").map {
                $0.split(separator: " ").prefix(4).joined(separator: " ")
            }
        #expect(lines.count == 4)
        #expect(lines.first == "1 Q0 4 1")
        #expect(lines.last == "2 Q0 4 1")
        #expect(try run("info", "--index", "index", "--deep").exitCode == 0)
    }

    @Test func documentsKeepTheirNames() throws {
        #expect(try run("build", "--input", "corpus.jsonl", "--output", "index").exitCode == 0)
        let searched = try run(
            "search", "--index", "index", "--queries", "queries.jsonl", "--syntax", "--output",
            "run")
        #expect(searched.exitCode == 0, "\(searched.messages)")
        let run = try String(contentsOfFile: folder.path("run"), encoding: .utf8)
        #expect(run.hasPrefix("q7 Q0 d1 1 "))
        #expect(run.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ["texts"], ["texts", "guess"], ["texts", "build", "--input", "none"],
        ["texts", "build", "--input", "none", "--output", "x"],
        ["texts", "build", "--input", "lines.txt", "--output", "queries.txt"],
        ["texts", "search", "--index", "none", "--queries", "queries.txt"],
        ["texts", "search", "--index", "lines.txt", "--queries", "queries.txt"],
        ["texts", "search", "--index", "none", "--queries", "q", "--b", "7"],
    ])
    func mistakesGetASentence(_ arguments: [String]) throws {
        let run = try BuiltProgram.run(arguments, in: folder.url.path)
        #expect(run.exitCode != 0 && run.exitCode < 100)
        #expect(!run.messages.isEmpty)
    }
}
