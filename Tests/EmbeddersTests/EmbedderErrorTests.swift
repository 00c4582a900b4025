import Checkpoints
import Embedders
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing

@Suite("Embedders refuse models that would answer wrongly")
struct EmbedderErrorTests {
    /// A copy of a golden model, changed; removed at the end.
    private final class Copy {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "reel-embedders-" + UUID().uuidString)

        init(of name: String) throws {
            try FileManager.default.copyItem(
                atPath: EmbedderGoldens.directory(name), toPath: url.path)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func edit(_ file: String, _ change: (String) -> String) throws {
            let place = url.appending(path: file)
            let text = try String(contentsOf: place, encoding: .utf8)
            #expect(change(text) != text)
            try Data(change(text).utf8).write(to: place)
        }

        func directory() throws -> ModelDirectory { try ModelDirectory(path: url.path) }
    }

    @Test("an end token that differs between tokenizer and network")
    func endToken() throws {
        let copy = try Copy(of: "clip")
        try copy.edit("config.json") {
            $0.replacing(/"eos_token_id": \d+/, with: "\"eos_token_id\": 7")
        }
        let error = #expect(throws: EmbedderError.self) {
            try ImageTextEmbedder(model: copy.directory())
        }
        guard case .tokenizerMismatch(_, _, 7) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("images prepared in another size than the network reads")
    func imageSize() throws {
        let copy = try Copy(of: "clip")
        try copy.edit("preprocessor_config.json") {
            $0.replacing("\"height\": 14", with: "\"height\": 16")
                .replacing("\"width\": 14", with: "\"width\": 16")
        }
        let error = #expect(throws: EmbedderError.self) {
            try ImageEmbedder(model: copy.directory())
        }
        guard case .sizeMismatch(_, image: 16, model: 14) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("modules that are not built, or not in that order", arguments: ["Dense", "LSTM"])
    func modules(type: String) throws {
        let copy = try Copy(of: "sentence-mean")
        try copy.edit("modules.json") { $0.replacing("models.Pooling", with: "models.\(type)") }
        let error = #expect(throws: EmbedderError.self) {
            try TextEmbedder(model: copy.directory())
        }
        guard case .unsupportedModule(_, type: type, folder: "1_Pooling") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private struct Change: CustomTestStringConvertible, Sendable {
        var file: String
        var old: String
        var new: String
        /// What the error must name.
        var word: String

        var testDescription: String { "\(file): \(new)" }
    }

    private static let changes = [
        Change(
            file: "1_Pooling/config.json", old: "\"mean\"", new: "\"median\"",
            word: "pooling_mode"),
        Change(
            file: "1_Pooling/config.json", old: "\"embedding_dimension\": 24",
            new: "\"embedding_dimension\": 25", word: "embedding_dimension"),
        Change(
            file: "modules.json", old: "\"2_Dense\"", new: "\"../2_Dense\"",
            word: "path of module 2"),
        Change(
            file: "modules.json", old: "\"2_Dense\"", new: "\"..\"", word: "path of module 2"),
        Change(file: "modules.json", old: "\"2_Dense\"", new: "\"7_Dense\"", word: "7_Dense"),
        Change(
            file: "2_Dense/config.json", old: "\"in_features\": 48", new: "\"in_features\": 24",
            word: "in_features"),
        Change(
            file: "2_Dense/config.json", old: "\"out_features\": 20",
            new: "\"out_features\": 21", word: "linear.weight"),
        Change(
            file: "2_Dense/config.json", old: "\"out_features\": 20",
            new: "\"out_features\": 4294967296", word: "out_features"),
        Change(
            file: "2_Dense/config.json", old: "activation.Tanh", new: "activation.Mish",
            word: "activation_function"),
        Change(
            file: "2_Dense/config.json", old: "torch.nn.modules.activation.Tanh",
            new: "os.system", word: "activation_function"),
        Change(
            file: "3_Dense/config.json", old: "\"bias\": false", new: "\"bias\": true",
            word: "linear.bias"),
        Change(
            file: "config_sentence_transformers.json", old: "\"query: \"", new: "7",
            word: "prompts"),
        Change(
            file: "config_sentence_transformers.json", old: "\"default_prompt_name\": null",
            new: "\"default_prompt_name\": \"absent\"", word: "default_prompt_name"),
    ]

    @Test("settings of a pipeline that contradict the weights or themselves", arguments: changes)
    private func pipeline(change: Change) throws {
        let copy = try Copy(of: "sentence-dense")
        try copy.edit(change.file) { $0.replacing(change.old, with: change.new) }
        let error = #expect(throws: CheckpointError.self) {
            try TextEmbedder(model: copy.directory())
        }
        #expect(error?.description.contains(change.word) == true, "\(error?.description ?? "")")
    }

    /// The largest of half precision's infinities and NaNs, in the first number of the first tensor in
    /// the order of names whose name ends so.
    private func damage(_ copy: Copy, _ ending: String) throws -> String {
        let place = copy.url.appending(path: "model.safetensors")
        var bytes = try Array(Data(contentsOf: place))
        let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        let tensors = try Data(bytes[8..<header]).withUnsafeBytes { try JSONValue(parsing: $0) }
        let named = (tensors.object ?? [:]).filter { $0.key.hasSuffix(ending) }
        let (name, tensor) = try #require(named.min { $0.key < $1.key })
        #expect(tensor["dtype"]?.string == "F16")
        let start = header + (try #require(tensor["data_offsets"]?.array?.first?.integer))
        bytes.replaceSubrange(start..<start + 2, with: [0xFF, 0xFF])
        try Data(bytes).write(to: place)
        return name
    }

    private static let seen: [(ending: String, precision: Precision)] = [
        ("LayerNorm.bias", .fp32), ("LayerNorm.weight", .int8), ("dense.bias", .fp32),
        ("dense.weight", .int16), ("dense.weight", .int8), ("key.weight", .int16),
    ]

    @Test(
        "weights that are not numbers are refused at opening, where they are looked at",
        arguments: seen)
    private func notFinite(ending: String, precision: Precision) throws {
        let copy = try Copy(of: "sentence-mean")
        let name = try damage(copy, ending)
        let error = #expect(throws: CheckpointError.self) {
            try TextEmbedder(model: copy.directory(), precision: precision)
        }
        #expect(
            error
                == .notFinite(
                    name: name, path: copy.url.appending(path: "model.safetensors").path))
    }

    private static let unseen: [(ending: String, precision: Precision)] = [
        ("dense.weight", .fp32), ("position_embeddings.weight", .fp32),
        ("position_embeddings.weight", .int16), ("position_embeddings.weight", .int8),
    ]

    @Test("else at the first row they spoil, which nobody gets", arguments: unseen)
    private func notANumber(ending: String, precision: Precision) throws {
        let copy = try Copy(of: "sentence-mean")
        let name = try damage(copy, ending)
        let embedder = try TextEmbedder(model: copy.directory(), precision: precision)
        let error = #expect(throws: EmbedderError.self) { try embedder.embed(["a", "dog"]) }
        #expect(error == .notANumber(model: copy.url.path, item: 0, tensor: name))
        #expect(error?.description.contains(name) == true)
    }

    @Test("nothing to embed gives no row")
    func nothing() throws {
        let clip = try ModelDirectory(path: EmbedderGoldens.directory("clip"))
        #expect(try ImageEmbedder(model: clip).embed([]).rows == 0)
        #expect(try ImageTextEmbedder(model: clip).embed([]).rows == 0)
    }

    @Test("the two halves of a CLIP have one fingerprint")
    func fingerprint() throws {
        let clip = try ModelDirectory(path: EmbedderGoldens.directory("clip"))
        let fingerprint = try clip.fingerprint()
        #expect(try ImageEmbedder(model: clip).modelFingerprint == fingerprint)
        #expect(try ImageTextEmbedder(model: clip).modelFingerprint == fingerprint)
    }

    @Test("any number of workers gives the same rows in the same order", arguments: [1, 2, 5])
    func workers(count: Int) throws {
        let goldens = try EmbedderGoldens()
        let embedder = try TextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory("sentence-mean")))
        let texts = Array(repeating: goldens.sentences, count: 40).flatMap { $0 }
        Parallelism.configure(workers: count)
        defer { Parallelism.configure(workers: 1) }
        let found = try embedder.embed(texts)
        let expected = goldens.root["sentence-mean"]?.floats ?? []
        for start in stride(from: 0, to: found.elements.count, by: expected.count) {
            let part = Array(found.elements[start..<start + expected.count])
            #expect(largestDifference(part, expected) <= 1e-4)
        }
    }
}
