import Foundation
import JSONText

/// Small random rerankers and adapters, and what transformers and peft make of some pairs. See
/// training/goldens.
struct RerankerGoldens {
    let root: JSONValue
    let query: String
    /// So long that it is cut too.
    let longQuery: String
    let passages: [String]

    static let folder = EmbedderGoldens.folder.appending(path: "reranking")

    static func directory(_ name: String) -> String { folder.appending(path: name).path }

    init() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "goldens.json"))
        root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        query = root["query"]?.string ?? ""
        longQuery = root["longQuery"]?.string ?? ""
        passages = root["passages"]?.array?.compactMap(\.string) ?? []
    }

    func numbers(_ name: String) -> [Float] { Self.numbers(root[name]) }

    static func numbers(_ value: JSONValue?) -> [Float] {
        (value?.array ?? []).compactMap { $0.number.map(Float.init) }
    }
}
