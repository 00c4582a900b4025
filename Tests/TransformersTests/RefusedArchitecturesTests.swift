import Checkpoints
import Foundation
import TestSupport
import Testing
import Transformers

@Suite("Architectures refuse settings that contradict the weights or themselves")
struct RefusedArchitecturesTests {
    private struct Change: CustomTestStringConvertible, Sendable {
        var model: String
        var old: String
        var new: String
        /// What the error must name.
        var word: String

        var testDescription: String { "\(model): \(new)" }
    }

    private static let changes = [
        Change(
            model: "roberta", old: "\"pad_token_id\": 1", new: "\"pad_token_id\": -1",
            word: "pad_token_id"),
        Change(
            model: "roberta", old: "\"pad_token_id\": 1", new: "\"pad_token_id\": 90",
            word: "pad_token_id"),
        Change(
            model: "roberta", old: "\"pad_token_id\": 1", new: "\"pad_token_id\": 41",
            word: "max_position_embeddings"),
        Change(
            model: "roberta", old: "\"pad_token_id\": 1", new: "\"pad_token_id\": 1.5",
            word: "pad_token_id"),
        Change(
            model: "roberta", old: "\"max_position_embeddings\": 42",
            new: "\"max_position_embeddings\": 2", word: "max_position_embeddings"),
        Change(
            model: "roberta", old: "\"type_vocab_size\": 1", new: "\"type_vocab_size\": 2",
            word: "token_type_embeddings"),
        Change(
            model: "roberta", old: "\"model_type\": \"roberta\"", new: "\"model_type\": \"t5\"",
            word: "camembert"),
        Change(
            model: "distilbert", old: "\"dim\": 24", new: "\"dim\": 0", word: "dim"),
        Change(
            model: "distilbert", old: "\"n_heads\": 3", new: "\"n_heads\": 7", word: "n_heads"),
        Change(
            model: "distilbert", old: "\"n_layers\": 2", new: "\"n_layers\": 99999",
            word: "n_layers"),
        Change(
            model: "distilbert", old: "\"hidden_dim\": 44", new: "\"hidden_dim\": 45",
            word: "ffn.lin1"),
        Change(
            model: "distilbert", old: "\"activation\": \"relu\"",
            new: "\"activation\": \"mish\"", word: "activation"),
        Change(
            model: "mpnet", old: "\"relative_attention_num_buckets\": 32",
            new: "\"relative_attention_num_buckets\": 64",
            word: "relative_attention_num_buckets"),
        Change(
            model: "mpnet", old: "\"layer_norm_eps\": 1e-12", new: "\"layer_norm_eps\": NaN",
            word: "layer_norm_eps"),
        Change(
            model: "mpnet", old: "\"layer_norm_eps\": 1e-12", new: "\"layer_norm_eps\": -1",
            word: "layer_norm_eps"),
        Change(
            model: "siglip", old: "\"projection_size\": 24", new: "\"projection_size\": 25",
            word: "head.weight"),
        Change(
            model: "siglip", old: "\"patch_size\": 4", new: "\"patch_size\": 400",
            word: "patch_size"),
        Change(
            model: "siglip", old: "\"image_size\": 14", new: "\"image_size\": 1048576",
            word: "image_size"),
        Change(
            model: "siglip", old: "\"vision_use_head\": true", new: "\"vision_use_head\": false",
            word: "vision_use_head"),
        Change(
            model: "siglip", old: "\"pad_token_id\": 1", new: "\"pad_token_id\": 60",
            word: "pad_token_id"),
        Change(
            model: "siglip", old: "\"model_type\": \"siglip\"",
            new: "\"model_type\": \"siglip2\"", word: "siglip2"),
    ]

    @Test("and say which", arguments: changes)
    private func refused(change: Change) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-architectures-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            atPath: ModelGoldens.directory(change.model), toPath: folder.path)
        let file = folder.appending(path: "config.json")
        let config = try String(contentsOf: file, encoding: .utf8)
        try #require(config.contains(change.old), "\(config)")
        try Data(config.replacing(change.old, with: change.new).utf8).write(to: file)
        let error = #expect(throws: CheckpointError.self) {
            let directory = try ModelDirectory(path: folder.path)
            if change.model == "siglip" {
                _ = try ImageTextModel.textTower(directory)
                _ = try ImageTextModel.imageTower(directory)
            } else {
                _ = try SequenceClassifier(directory)
            }
        }
        #expect(error?.description.contains(change.word) == true, "\(error?.description ?? "")")
    }

    @Test("an encoder without a head makes no scores")
    func missingHead() throws {
        let directory = try ModelDirectory(path: ModelGoldens.directory("xlm-roberta"))
        #expect(
            throws: CheckpointError.missingHead(
                path: directory.path, tensor: "classifier.out_proj.weight")
        ) { try SequenceClassifier(directory) }
    }
}
