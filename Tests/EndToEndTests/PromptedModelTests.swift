import Foundation
import TestSupport
import Testing

/// A model with prompts, of the golden numbers: what `embed` shows is what `index` and `search` use.
@Suite struct PromptedModelTests {
    private let folder: TemporaryFolder
    private let model: String
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        model = folder.path("model")
        try FileManager.default.copyItem(
            atPath: BuiltProgram.checkout
                .appendingPathComponent("Tests/EmbeddersTests/Goldens/sentence-dense").path,
            toPath: model)
        environment = [
            "REEL_MEANING_MODEL": model, "REEL_FRAMES_MODEL": "no-such-model",
            "REEL_INDEX": folder.path("library"),
        ]
    }

    private func vector(_ text: String, prompt: String?) throws -> [Double] {
        let run = try BuiltProgram.run(
            ["embed", "--model", model, "--text", text] + (prompt.map { ["--prompt", $0] } ?? []))
        return try #require(try run.objects().first?["embedding"] as? [Double], "\(run.messages)")
    }

    @Test func aPromptIsPutBeforeTheText() throws {
        let asked = try vector("the dog", prompt: "query")
        #expect(try asked == vector("query: the dog", prompt: nil))
        #expect(try asked != vector("the dog", prompt: nil))
        #expect(try vector("the dog", prompt: "passage") == vector("passage: the dog", prompt: nil))
        #expect(asked.count == 16)
    }

    @Test func aPromptThatIsNotThereIsNamedWithThoseThatAre() throws {
        let run = try BuiltProgram.run(
            ["embed", "--model", model, "--prompt", "summary", "--text", "the dog"])
        #expect(run.exitCode == 2 && run.output == "")
        #expect(run.messages.contains("it has: document, other, passage, query."))
        let picture = try BuiltProgram.run(
            [
                "embed", "--model", "reel-clip-tiny", "--prompt", "query", "--image",
                "media/birthday.jpg",
            ])
        #expect(picture.exitCode == 2 && picture.messages.contains("--prompt"))
    }

    @Test func passagesAndQueriesGetTheirPrompts() throws {
        let text = "the dog ran over grass"
        let documents = folder.path("documents")
        try FileManager.default.createDirectory(
            atPath: documents, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: documents + "/cat.txt"))
        let index = try BuiltProgram.run(["index", documents], environment: environment)
        #expect(index.exitCode == 0, "\(index.messages)")
        let search = ["search", "--json", "--channels", "meaning", "--no-rerank", "a dog"]
        let found = try BuiltProgram.run(search, environment: environment)
        let hits = try found.objects().first?["hits"] as? [[String: Any]]
        let channels = hits?.first?["channels"] as? [String: [String: Any]]
        let raw = try #require(channels?["meaning"]?["raw"] as? Double, "\(found.messages)")
        // The file's name is a passage too; the nearest counts.
        let asked = try vector("a dog", prompt: "query")
        let cosines = try [text, "cat"].map { passage in
            zip(asked, try vector(passage, prompt: "passage")).reduce(0) { $0 + $1.0 * $1.1 }
        }
        // The library keeps vectors in half precision.
        #expect(abs(raw - (cosines.max() ?? 0)) < 2e-3)

        // Another prompt makes other vectors: the library is refused until it is made anew.
        let prompts = URL(fileURLWithPath: model + "/config_sentence_transformers.json")
        let changed = try String(contentsOf: prompts, encoding: .utf8)
            .replacing("\"passage: \"", with: "\"text: \"")
        try Data(changed.utf8).write(to: prompts)
        let refused = try BuiltProgram.run(search, environment: environment)
        #expect(refused.exitCode == 78, "\(refused.messages)")
    }
}
