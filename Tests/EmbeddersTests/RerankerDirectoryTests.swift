import Checkpoints
import Embedders
import Foundation
import JSONText
import TestSupport
import Testing

@Suite("Folders of rerankers")
struct RerankerDirectoryTests {
    private func open(_ path: String) throws -> any PassageReranker {
        try RerankerDirectory.open(path) { name in
            try ModelDirectory(path: RerankerGoldens.directory(name))
        }
    }

    /// A copy of a golden folder with texts replaced in one of its files.
    private func changed(
        _ name: String, file: String = "adapter_config.json", _ edits: [(String, String)],
        _ body: (String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-reranker-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            atPath: RerankerGoldens.directory(name), toPath: folder.path)
        let path = folder.appending(path: file)
        var text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        for (old, new) in edits {
            #expect(text.isEmpty || text.contains(old))
            text = text.isEmpty ? new : text.replacing(old, with: new)
        }
        try Data(text.utf8).write(to: path)
        try body(folder.path)
    }

    @Test(
        "an adapter of an encoder's matrices equals peft",
        arguments: ["adapter", "adapter-rank-stabilized"])
    func adapter(name: String) throws {
        let goldens = try RerankerGoldens()
        let reranker = try open(RerankerGoldens.directory(name))
        let found = try reranker.scores(query: goldens.query, passages: goldens.passages)
        let difference = largestDifference(found, goldens.numbers(name))
        #expect(difference <= 1e-4)
        print("\(name): largest difference \(difference)")
        let plain = try open(RerankerGoldens.directory("encoder"))
        #expect(largestDifference(found, goldens.numbers("encoder")) > 0.01)
        #expect(reranker.modelFingerprint != plain.modelFingerprint)
    }

    @Test(
        "the bundled reranker equals peft, and tells the right order of words",
        .enabled(if: FetchedModel.isThere, "models/all-MiniLM-L6-v2 is fetched at set-up"))
    func bundled() throws {
        let file = RerankerGoldens.folder.appending(path: "bundled.json")
        let golden = try Data(contentsOf: file).withUnsafeBytes { try JSONValue(parsing: $0) }
        let models = URL(filePath: FetchedModel.path).deletingLastPathComponent()
        let reranker = try RerankerDirectory.open(
            models.appending(path: "reel-reranker").path
        ) { try ModelDirectory(path: models.appending(path: $0).path) }
        let scores = try reranker.scores(
            query: golden["query"]?.string ?? "",
            passages: golden["passages"]?.array?.compactMap(\.string) ?? [])
        let difference = largestDifference(scores, RerankerGoldens.numbers(golden["scores"]))
        #expect(difference <= 1e-4)
        print("reel-reranker: largest difference \(difference)")
        #expect(scores.count == 4 && scores[0] > scores[1] + 0.01 && scores[1] > scores[2])
        #expect((0.05...0.5).contains(reranker.blend))
    }

    @Test("the kind is told by the files")
    func kinds() throws {
        #expect(try open(RerankerGoldens.directory("encoder")) is LateInteraction)
        #expect(try open(RerankerGoldens.directory("cross-encoder-1")) is CrossEncoder)
        #expect(RerankerDirectory.isAdapter(RerankerGoldens.directory("adapter")))
        #expect(!RerankerDirectory.isAdapter(RerankerGoldens.directory("encoder")))
    }

    @Test("reranker.json sets the blend, the layers and the limit")
    func settings() throws {
        let text = #"{"blend": 0.25, "layers": 1, "maximum_passage_tokens": 9}"#
        try changed("encoder", file: "reranker.json", [("", text)]) { path in
            let reranker = try open(path)
            let plain = try open(RerankerGoldens.directory("encoder"))
            #expect(reranker.blend == 0.25)
            #expect((reranker as? LateInteraction)?.maximumPassageTokens == 9)
            #expect(reranker.modelFingerprint != plain.modelFingerprint)
            let passages = ["a red car behind the blue boat"]
            #expect(
                try reranker.scores(query: "blue boat", passages: passages)
                    != plain.scores(query: "blue boat", passages: passages))
        }
    }

    @Test(
        "a wrong value in reranker.json is named",
        arguments: [
            (#"{"blend": 1.5}"#, "blend"), (#"{"blend": -1}"#, "blend"),
            (#"{"layers": 3}"#, "layers"),
            (#"{"layers": 0}"#, "layers"), (#"{"kind": "magic"}"#, "kind"), ("[]", "JSON"),
            (#"{"maximum_passage_tokens": "many"}"#, "maximum_passage_tokens"),
        ])
    func wrongSettings(text: String, name: String) throws {
        try changed("encoder", file: "reranker.json", [("", text)]) { path in
            let error = #expect(throws: CheckpointError.self) { try open(path) }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test(
        "an adapter of another kind is refused by its key",
        arguments: [
            ("\"peft_type\": \"LORA\"", "\"peft_type\": \"IA3\"", "peft_type"),
            ("\"fan_in_fan_out\": false", "\"fan_in_fan_out\": true", "fan_in_fan_out"),
            ("\"use_dora\": false", "\"use_dora\": true", "use_dora"),
            ("\"bias\": \"none\"", "\"bias\": \"all\"", "bias"),
            ("\"rank_pattern\": {}", "\"rank_pattern\": {\"query\": 8}", "rank_pattern"),
            ("\"layer_replication\": null", "\"layer_replication\": [[0, 2]]", "layer_replication"),
            ("\"r\": 4", "\"r\": 5", "shape"),
            ("\"r\": 4", "\"r\": 0", "adapter_config.json says r is 0"),
            ("\"lora_alpha\": 6", "\"lora_alpha\": \"six\"", "lora_alpha"),
            ("\"value\"", "\"output\"", "output"),
            ("\"query\",", "\"query\", \"absent\",", "absent in target_modules"),
            (
                "\"modules_to_save\": null", "\"modules_to_save\": [\"classifier\"]",
                "classifier in modules_to_save"
            ),
        ])
    func refused(old: String, new: String, word: String) throws {
        try changed("adapter", [(old, new)]) { path in
            let error = #expect(throws: CheckpointError.self) { try open(path) }
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        }
    }

    @Test("a head among the weights that the settings do not announce is refused")
    func unannounced() throws {
        try changed("adapter-classifier", [("\"classifier\",", "\"pooler\",")]) { path in
            #expect(throws: CheckpointError.self) { try open(path) }
        }
    }

    @Test("an adapter of another model is refused")
    func otherModel() throws {
        try changed("adapter", [("LORA", "LORA")]) { path in
            // As long as before, so that the file stays sound: a layer the base does not have.
            let file = URL(filePath: path).appending(path: "adapter_model.safetensors")
            var bytes = try Data(contentsOf: file)
            while let place = bytes.range(of: Data("encoder.layer.1.".utf8)) {
                bytes.replaceSubrange(place, with: Data("encoder.layer.7.".utf8))
            }
            try bytes.write(to: file)
            let error = #expect(throws: CheckpointError.self) { try open(path) }
            #expect(error?.description.contains("encoder.layer.7.") == true)
            #expect(error?.description.contains("do not belong together") == true)
        }
    }
}
