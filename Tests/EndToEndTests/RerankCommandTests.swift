import Foundation
import TestSupport
import Testing

/// `reel rerank` with the small random cross-encoder of the golden numbers, which is always there,
/// and with the bundled adapter where its base has been fetched.
@Suite struct RerankCommandTests {
    private let folder: TemporaryFolder
    private static let goldens = "Tests/EmbeddersTests/Goldens/reranking/"

    init() throws { folder = try TemporaryFolder() }

    @Test func passagesComeOutBestFirstWithTheirPlaceAndText() throws {
        let lines = ["two dogs run", "", "A red car behind the blue boat!"]
        let run = try BuiltProgram.run(
            ["rerank", "--model", Self.goldens + "cross-encoder-1", "--query", "the red car"],
            input: lines.joined(separator: "\n") + "\n")
        #expect(run.exitCode == 0, "\(run.messages)")
        let passages = try run.objects()
        let scores = passages.compactMap { $0["score"] as? Double }
        #expect(scores.count == 3 && scores == scores.sorted(by: >))
        let indices = passages.compactMap { $0["index"] as? Int }
        #expect(indices.sorted() == [0, 1, 2])
        #expect(passages.compactMap { $0["text"] as? String } == indices.map { lines[$0] })
    }

    @Test func aFileGivesTheSameAsStandardInput() throws {
        let text = "the cat\nthe dog sees a bird\r\na boat"
        let path = folder.path("lines.txt")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let command = ["rerank", "--model", Self.goldens + "adapter", "--query", "dog"]
        // The adapter notes its base by name.
        let models = ["--models", Self.goldens]
        let file = try BuiltProgram.run(models + command + ["--input", path])
        #expect(try file.objects().count == 3, "\(file.messages)")
        #expect(try BuiltProgram.run(models + command, input: text).output == file.output)
        #expect(try BuiltProgram.run(models + command, input: "").output == "")
    }

    @Test(arguments: [
        (["rerank"], 2, "--query"), (["rerank", "--query", "a", "stray"], 2, "stray"),
        (["rerank", "--query", "a", "--model", "no-such-model"], 66, "no-such-model"),
        (["rerank", "--query", "a", "--input", "no-such-file"], 66, "no-such-file"),
        (["rerank", "--query", "a", "--model", "reel-clip-tiny"], 65, "expected one of: bert"),
    ])
    func aMistakeIsNamed(arguments: [String], exitCode: Int32, word: String) throws {
        let run = try BuiltProgram.run(arguments)
        #expect(run.exitCode == exitCode)
        #expect(run.output == "" && run.messages.contains(word), "\(run.messages)")
    }

    @Test(.enabled(if: BuiltProgram.hasTextEncoder, "models/all-MiniLM-L6-v2 is fetched at set-up"))
    func theDefaultTellsWordOrdersApart() throws {
        let pairs = [
            ("red car behind blue boat", "The red car stands behind the blue boat."),
            ("blue car behind red boat", "The blue car stands behind the red boat."),
        ]
        for (query, wanted) in pairs {
            let run = try BuiltProgram.run(
                ["rerank", "--query", query], input: pairs.map(\.1).joined(separator: "\n"))
            #expect(try run.objects().first?["text"] as? String == wanted, "\(run.messages)")
        }
    }
}
