internal import Foundation

/// Where prompts are looked for: a library's own folder first, then those of the program.
package struct PromptFolders: Sendable, Equatable {
    private static let limit = 1 << 20  // bytes

    /// Best first.
    package var folders: [String]

    package init(_ folders: [String]) { self.folders = folders }

    package func template(_ kind: PromptTemplate.Kind) throws(PromptError) -> PromptTemplate {
        let paths = folders.map { "\($0)/\(kind.name).txt" }
        guard let path = paths.first(where: FileManager.default.fileExists) else {
            throw .missing(name: kind.name, folders: folders)
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path)
        }
        guard bytes.count <= Self.limit else {
            throw .tooLarge(path: path, bytes: bytes.count, limit: Self.limit)
        }
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw .unreadable(path: path)
        }
        return try PromptTemplate(text, kind: kind, source: path)
    }
}
