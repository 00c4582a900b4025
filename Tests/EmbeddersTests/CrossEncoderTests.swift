import Checkpoints
import Embedders
import Foundation
import JSONText
import TestSupport
import Testing

@Suite("Cross-encoders")
struct CrossEncoderTests {
    private let goldens = Result { try RerankerGoldens() }

    private func model(_ name: String) throws -> ModelDirectory {
        try ModelDirectory(path: RerankerGoldens.directory(name))
    }

    /// Of two labels the second minus the first.
    private func scores(of logits: [Float], labels: Int) -> [Float] {
        labels == 1
            ? logits : stride(from: 0, to: logits.count, by: 2).map { logits[$0 + 1] - logits[$0] }
    }

    @Test("scores equal the logits of transformers, cut pairs too", arguments: [1, 2])
    func logits(labels: Int) throws {
        let goldens = try goldens.get()
        let name = "cross-encoder-\(labels)"
        let encoder = try CrossEncoder(model: model(name))
        #expect(encoder.maximumTokens == 24)
        for (query, key) in [(goldens.query, "logits"), (goldens.longQuery, "longLogits")] {
            let logits = RerankerGoldens.numbers(goldens.root[name]?[key])
            #expect(logits.count == goldens.passages.count * labels)
            let difference = largestDifference(
                try encoder.scores(query: query, passages: goldens.passages),
                scores(of: logits, labels: labels))
            #expect(difference <= 1e-4)
            print("\(name), \(key): largest difference \(difference)")
        }
    }

    @Test("an adapter with its head equals peft")
    func adapter() throws {
        let goldens = try goldens.get()
        let encoder = try RerankerDirectory.open(
            RerankerGoldens.directory("adapter-classifier"), base: { try model($0) })
        #expect(encoder is CrossEncoder)
        for (query, key) in [(goldens.query, "logits"), (goldens.longQuery, "longLogits")] {
            let difference = largestDifference(
                try encoder.scores(query: query, passages: goldens.passages),
                RerankerGoldens.numbers(goldens.root["adapter-classifier"]?[key]))
            #expect(difference <= 1e-4)
            print("adapter-classifier, \(key): largest difference \(difference)")
        }
    }

    @Test("a checkpoint without a head is an error that names it")
    func missingHead() throws {
        let error = #expect(throws: CheckpointError.self) {
            try CrossEncoder(model: model("encoder"))
        }
        #expect(
            error
                == .missingHead(
                    path: RerankerGoldens.directory("encoder"), tensor: "classifier.weight"))
        #expect(error?.description.contains("without a classification head") == true)
    }

    @Test("a checkpoint that says it classifies but lacks its head is an error too")
    func announcedHead() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "reel-headless-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            atPath: RerankerGoldens.directory("encoder"), toPath: folder.path)
        let file = folder.appending(path: "config.json")
        let config = try String(contentsOf: file, encoding: .utf8)
        try Data(
            config.replacing("BertModel", with: "BertForSequenceClassification").utf8
        ).write(to: file)
        #expect(
            throws: CheckpointError.missingHead(path: folder.path, tensor: "classifier.weight")
        ) {
            try RerankerDirectory.open(folder.path, base: { try model($0) })
        }
    }

    @Test("the probability is the logistic function of the score")
    func probability() {
        #expect(CrossEncoder.probability(ofScore: 0) == 0.5)
        #expect(abs(CrossEncoder.probability(ofScore: 2) - 0.880_797) < 1e-5)
        #expect(CrossEncoder.probability(ofScore: -200) == 0)
        #expect(CrossEncoder.probability(ofScore: 200) == 1)
    }

    @Test("no passages give no scores")
    func nothing() throws {
        #expect(
            try CrossEncoder(model: model("cross-encoder-1")).scores(query: "a", passages: []) == []
        )
    }
}
