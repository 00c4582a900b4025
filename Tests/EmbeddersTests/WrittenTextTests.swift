import Checkpoints
import Embedders
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing

/// Every kind of model with its tokenizer: text in, vector or score out.
@Suite("Written texts get the numbers of transformers")
struct WrittenTextTests {
    private static let tolerance: Float = 1e-4

    private let written: JSONValue
    private let texts: [String]

    init() throws {
        let file = EmbedderGoldens.folder.appending(path: "pipelines.json")
        let root = try Data(contentsOf: file).withUnsafeBytes { try JSONValue(parsing: $0) }
        written = try #require(root["written"])
        texts = written["texts"]?.array?.compactMap(\.string) ?? []
    }

    private func directory(_ name: String) throws -> ModelDirectory {
        try ModelDirectory(path: EmbedderGoldens.directory("written/" + name))
    }

    @Test("from sentence encoders", arguments: ["roberta", "distilbert", "mpnet"])
    func sentences(name: String) throws {
        let found = try TextModel(model: directory(name)).embed(texts)
        let difference = largestDifference(found.elements, written[name]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }

    @Test("from a cross-encoder like bge-reranker")
    func reranker() throws {
        let golden = written["xlm-roberta-reranker"]
        let reranker = try RerankerDirectory.open(
            directory("xlm-roberta-reranker").path, base: { try directory($0) })
        #expect(reranker is CrossEncoder)
        let difference = largestDifference(
            try reranker.scores(query: golden?["query"]?.string ?? "", passages: texts),
            golden?["logits"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("xlm-roberta-reranker: largest difference \(difference)")
    }

    @Test("from SigLIP, padded with the tokenizer's own token")
    func sigLIP() throws {
        let golden = written["siglip"]
        let directory = try directory("siglip")
        let text = largestDifference(
            try TextModel(model: directory).embed(texts).elements,
            golden?["texts"]?.floats ?? [])
        let picture = largestDifference(
            try ImageEmbedder(model: directory).embed(EmbedderGoldens().pictures).elements,
            golden?["pictures"]?.floats ?? [])
        #expect(text <= Self.tolerance && picture <= Self.tolerance)
        print("siglip: largest difference text \(text), picture \(picture)")
    }
}
