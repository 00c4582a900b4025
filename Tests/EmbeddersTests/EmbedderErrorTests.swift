import Checkpoints
import Embedders
import Foundation
import JSONText
import Tensors
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
            try CLIPTextEmbedder(model: copy.directory())
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

    @Test("pooling and further networks that are not built")
    func pooling() throws {
        let copy = try Copy(of: "sentence-mean")
        try copy.edit("1_Pooling/config.json") {
            $0.replacing(
                "\"pooling_mode_max_tokens\": false", with: "\"pooling_mode_max_tokens\": true")
        }
        #expect(throws: EmbedderError.self) { try TextEmbedder(model: copy.directory()) }
        let dense = try Copy(of: "sentence-mean")
        try dense.edit("modules.json") { $0.replacing("models.Pooling", with: "models.Dense") }
        let error = #expect(throws: EmbedderError.self) {
            try TextEmbedder(model: dense.directory())
        }
        guard case .unsupportedPooling(_, found: "Dense") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("weights that are not numbers give an error, never a row")
    func notANumber() throws {
        let copy = try Copy(of: "sentence-mean")
        let place = copy.url.appending(path: "model.safetensors")
        var bytes = try Array(Data(contentsOf: place))
        // 0xFFFF is a NaN in half precision; the header stays.
        let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        for index in header..<bytes.count { bytes[index] = 0xFF }
        try Data(bytes).write(to: place)
        let embedder = try TextEmbedder(model: copy.directory())
        let error = #expect(throws: EmbedderError.self) { try embedder.embed(["a", "dog"]) }
        guard case .notANumber(_, item: 0) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("nothing to embed gives no row")
    func nothing() throws {
        let clip = try ModelDirectory(path: EmbedderGoldens.directory("clip"))
        #expect(try ImageEmbedder(model: clip).embed([]).rows == 0)
        #expect(try CLIPTextEmbedder(model: clip).embed([]).rows == 0)
    }

    @Test("the two halves of a CLIP have one fingerprint")
    func fingerprint() throws {
        let clip = try ModelDirectory(path: EmbedderGoldens.directory("clip"))
        let fingerprint = try clip.fingerprint()
        #expect(try ImageEmbedder(model: clip).modelFingerprint == fingerprint)
        #expect(try CLIPTextEmbedder(model: clip).modelFingerprint == fingerprint)
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
