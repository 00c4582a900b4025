import Foundation
import JSONText

/// What Hugging Face's tokenizers make of a varied corpus: 325 lines in two dozen scripts, with
/// control characters, emoji, odd spaces and random scalars. See training/goldens.
struct TokenGoldens {
    let lines: [String]
    let maximumLength: Int
    private let root: JSONValue

    init() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "tokens.json"))
        root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        lines = root["lines"]?.array?.compactMap(\.string) ?? []
        maximumLength = root["maximumLength"]?.integer ?? 0
    }

    static var folder: URL {
        Bundle.module.resourceURL?.appending(path: "Goldens") ?? URL(filePath: "/missing")
    }

    static func directory(_ name: String) -> String { folder.appending(path: name).path }

    /// A row of ids for each line.
    func ids(_ tokenizer: String) -> [[Int]] {
        root[tokenizer]?.array?.compactMap { row in
            row.string?.split(separator: " ").compactMap { Int($0) }
        } ?? []
    }
}

/// The repository's root, and the model fetched at set-up, which is not part of the repository.
enum FetchedModel {
    static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "models/all-MiniLM-L6-v2").path
    static let isThere = FileManager.default.fileExists(atPath: path + "/vocab.txt")
}
