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

    @Test("from sentence encoders", arguments: ["distilbert", "mpnet"])
    func sentences(name: String) throws {
        let found = try TextModel(model: directory(name)).embed(texts)
        let difference = largestDifference(found.elements, written[name]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }
}
