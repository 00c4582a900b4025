import Checkpoints
import Embedders
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing

@Suite("Pipelines of sentence-transformers")
struct SentencePipelineTests {
    private static let tolerance: Float = 1e-4

    private let root: JSONValue
    private let sentences: [String]

    init() throws {
        let data = try Data(contentsOf: EmbedderGoldens.folder.appending(path: "pipelines.json"))
        root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        sentences = root["pipelines"]?["sentences"]?.array?.compactMap(\.string) ?? []
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        var model: String
        var choice: PromptChoice
        /// Of the golden numbers.
        var key: String

        var testDescription: String { "\(model) \(choice)" }
    }

    private static let cases = [
        Case(model: "sentence-pooled", choice: .standard, key: "encoded"),
        Case(model: "sentence-pooled", choice: .query, key: "encoded"),
        Case(model: "sentence-dense", choice: .standard, key: "encoded"),
        Case(model: "sentence-dense", choice: .named("other"), key: "encoded"),
        Case(model: "sentence-dense", choice: .query, key: "query"),
        Case(model: "sentence-dense", choice: .named("query"), key: "query"),
        Case(model: "sentence-dense", choice: .passage, key: "passage"),
        Case(model: "sentence-prompt-left-out", choice: .standard, key: "encoded"),
        Case(model: "sentence-prompt-left-out", choice: .passage, key: "encoded"),
        Case(model: "sentence-prompt-left-out", choice: .query, key: "query"),
    ]

    @Test("pooling, dense layers and prompts give the same vectors", arguments: cases)
    private func vectors(of test: Case) throws {
        let embedder = try TextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory(test.model)))
        #expect(embedder.maximumTokens == 16)
        let found = try embedder.embed(sentences, as: test.choice)
        #expect(found.rows == sentences.count && found.columns == embedder.dimension)
        let difference = largestDifference(
            found.elements, root["pipelines"]?[test.model]?[test.key]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(test.testDescription): largest difference \(difference)")
    }

    @Test("a prompt the model does not have is an error that lists those it has")
    func unknownPrompt() throws {
        let embedder = try TextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory("sentence-dense")))
        let error = #expect(throws: EmbedderError.self) {
            try embedder.embed(["a"], as: .named("summary"))
        }
        #expect(
            error?.description.hasSuffix(
                "has no prompt \"summary\"; it has: document, other, passage, query.") == true)
        let plain = try TextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory("sentence-mean")))
        #expect(throws: EmbedderError.self) { try plain.embed(["a"], as: .named("query")) }
    }

    /// A copy of a golden model with one file changed.
    private func fingerprint(
        of name: String, file: String, _ change: (String) -> String
    ) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-pipelines-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            atPath: EmbedderGoldens.directory(name), toPath: folder.path)
        let place = folder.appending(path: file)
        let text = (try? String(contentsOf: place, encoding: .utf8)) ?? ""
        let changed = change(text)
        #expect(changed != text)
        try Data(changed.utf8).write(to: place)
        return try ModelDirectory(path: folder.path).fingerprint()
    }

    @Test("another prompt or another dense layer is another model, another version is not")
    func fingerprints() throws {
        let name = "sentence-dense"
        let own = try ModelDirectory(path: EmbedderGoldens.directory(name)).fingerprint()
        let prompts = "config_sentence_transformers.json"
        #expect(
            try fingerprint(of: name, file: prompts) {
                $0.replacing("\"passage: \"", with: "\"text: \"")
            } != own)
        #expect(
            try fingerprint(of: name, file: prompts) {
                $0.replacing(
                    "\"default_prompt_name\": null", with: "\"default_prompt_name\": \"query\"")
            } != own)
        #expect(
            try fingerprint(of: name, file: "2_Dense/config.json") {
                $0.replacing("activation.Tanh", with: "activation.ReLU")
            } != own)
        #expect(
            try fingerprint(of: name, file: prompts) { $0.replacing("6.2.0", with: "7.0.0") }
                == own)
        // A model without prompts stays what it was before prompts counted.
        let plain = try ModelDirectory(path: EmbedderGoldens.directory("sentence-mean"))
        #expect(
            try fingerprint(of: "sentence-mean", file: prompts) { _ in
                #"{"__version__": {"pytorch": "2"}, "prompts": {"query": ""}}"#
            } == plain.fingerprint())
    }

    @Test("a cross-encoder's published scores are those of sentence-transformers")
    func published() throws {
        let goldens = try RerankerGoldens()
        let model = try ModelDirectory(path: RerankerGoldens.directory("cross-encoder-1"))
        let predictions = try #require(root["predictions"])
        let passages = predictions["passages"]?.array?.compactMap(\.string) ?? []
        let encoder = try CrossEncoder(model: model)
        let scores = try encoder.scores(query: goldens.query, passages: passages)
        let identity = largestDifference(
            scores, RerankerGoldens.numbers(predictions["identity"]))
        let sigmoid = largestDifference(
            scores.map(encoder.published), RerankerGoldens.numbers(predictions["sigmoid"]))
        #expect(identity <= Self.tolerance && sigmoid <= Self.tolerance)
        print("cross-encoder-1: largest difference \(identity), published \(sigmoid)")
    }

    @Test(
        "a model's files say what stands behind its score",
        arguments: [
            (#""sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity","#, 3),
            (
                #""sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity"},"#,
                3
            ),
            (#""sbert_ce_default_activation_function": "my.own.Function","#, 0.952_574_1),
            ("", 0.952_574_1),
        ] as [(String, Float)])
    func activation(setting: String, expected: Float) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-activation-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            atPath: RerankerGoldens.directory("cross-encoder-1"), toPath: folder.path)
        let file = folder.appending(path: "config.json")
        let config = try String(contentsOf: file, encoding: .utf8)
        try Data(("{" + setting + config.dropFirst()).utf8).write(to: file)
        let encoder = try CrossEncoder(model: ModelDirectory(path: folder.path))
        #expect(abs(encoder.published(3) - expected) < 1e-6)
    }
}
