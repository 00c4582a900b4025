import Checkpoints
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Networks refuse what does not fit them")
struct InputTests {
    private let bert: TextEncoder
    private let text: CLIPTextModel
    private let vision: CLIPVisionModel

    init() throws {
        bert = try TextEncoder(ModelDirectory(path: ModelGoldens.directory("bert-fp32")))
        let clip = try ModelDirectory(path: ModelGoldens.directory("clip-fp32"))
        text = try CLIPTextModel(clip)
        vision = try CLIPVisionModel(clip)
    }

    @Test("tokens outside the vocabulary", arguments: [-1, 90, Int.max])
    func token(id: Int) {
        #expect(throws: TransformerError.tokenOutOfRange(id: id, vocabularySize: 90)) {
            try bert.encode([[2, 3], [2, id, 3]])
        }
        #expect(throws: TransformerError.tokenOutOfRange(id: id, vocabularySize: 90)) {
            try text.encode([[88, id, 89]])
        }
    }

    @Test("texts too long or empty, images of another size")
    func sizes() {
        #expect(throws: TransformerError.sequenceTooLong(length: 41, limit: 40)) {
            try bert.encode([Array(repeating: 5, count: 41)])
        }
        #expect(throws: TransformerError.emptySequence) { try bert.encode([[2, 3], []]) }
        #expect(throws: TransformerError.wrongImageSize(expected: 588, found: 12)) {
            try vision.encode(Matrix(rows: 1, columns: 12))
        }
    }

    @Test("no text and no image give no row")
    func nothing() throws {
        #expect(try bert.encode([]).matrix.rows == 0)
        #expect(try text.encode([]).rows == 0)
        #expect(try vision.encode(Matrix(rows: 0, columns: 588)).rows == 0)
    }

    @Test("a text's states do not depend on its neighbours in the batch")
    func neighbours() throws {
        let texts = [[2, 7, 3], [2] + Array(30..<60) + [3], [2, 50, 51, 52, 3]]
        let together = try bert.encode(texts)
        for (index, rows) in together.sequences.bounds.enumerated() {
            let alone = try bert.encode([texts[index]]).matrix
            let difference = largestDifference(
                Array(together.matrix.elements[rows.lowerBound * 24..<rows.upperBound * 24]),
                alone.elements)
            #expect(difference <= 1e-5)
        }
    }

    /// A copy of a golden model with other settings.
    private func changed(
        _ name: String, _ edits: [(String, String)]
    ) throws -> (folder: URL, result: Result<ModelDirectory, any Error>) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-transformers-" + UUID().uuidString)
        try FileManager.default.copyItem(atPath: ModelGoldens.directory(name), toPath: folder.path)
        let file = folder.appending(path: "config.json")
        var config = try String(contentsOf: file, encoding: .utf8)
        for (old, new) in edits {
            #expect(config.contains(old))
            config = config.replacing(old, with: new)
        }
        try Data(config.utf8).write(to: file)
        return (folder, Result { try ModelDirectory(path: folder.path) })
    }

    @Test(
        "settings that contradict the weights or themselves",
        arguments: [
            ("\"hidden_size\": 24", "\"hidden_size\": 25"),
            ("\"hidden_size\": 24", "\"hidden_size\": 0"),
            ("\"hidden_size\": 24", "\"hidden_size\": 1099511627776"),
            ("\"num_attention_heads\": 3", "\"num_attention_heads\": 5"),
            ("\"num_attention_heads\": 3", "\"num_attention_heads\": -1"),
            ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"),
            ("\"intermediate_size\": 44", "\"intermediate_size\": 45"),
            ("\"vocab_size\": 90", "\"vocab_size\": 91"),
            ("\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": NaN"),
            ("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"swish\""),
            ("\"model_type\": \"bert\"", "\"model_type\": \"distilbert\""),
            ("\"model_type\": \"bert\"", "\"is_decoder\": true, \"model_type\": \"bert\""),
            (
                "\"model_type\": \"bert\"",
                "\"position_embedding_type\": \"relative_key\", \"model_type\": \"bert\""
            ),
        ])
    func settings(old: String, new: String) throws {
        let (folder, directory) = try changed("bert-fp32", [(old, new)])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: CheckpointError.self) { try TextEncoder(directory.get()) }
    }

    @Test("another architecture is refused with those that are read")
    func architecture() throws {
        let clip = try ModelDirectory(path: ModelGoldens.directory("clip-fp32"))
        let error = #expect(throws: CheckpointError.self) { try TextEncoder(clip) }
        #expect(
            error?.description.contains(
                "of type clip, which is not supported here; expected one of: bert") == true)
        let (folder, directory) = try changed(
            "clip-fp32", [("\"model_type\": \"clip\"", "\"model_type\": \"siglip2\"")])
        defer { try? FileManager.default.removeItem(at: folder) }
        let other = #expect(throws: CheckpointError.self) {
            try ImageTextModel.textTower(directory.get())
        }
        #expect(other?.description.contains("of type siglip2") == true)
    }
}
