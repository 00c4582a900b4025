internal import Corpus
internal import Foundation
package import Tensors

/// What zero-shot tags may say, and how it is put into words for a text encoder.
package struct TagVocabulary: Sendable, Equatable {
    package struct Tag: Sendable, Equatable {
        /// What is shown and searched: `ice cream`.
        package var name: String
        /// What stands in templates, at least one: `an ice cream`.
        package var phrases: [String]
    }

    package var tags: [Tag]
    /// Each has `{}` where a phrase goes.
    package var templates: [String]
    /// Texts that say nothing about what is seen; tags are measured against them.
    package var background: [String]

    /// Tells one vocabulary from another.
    package var fingerprint: String {
        let lines =
            tags.map { ([$0.name] + $0.phrases).joined(separator: "\t") } + templates + background
        return String(
            hexadecimal(SHA256.digest(of: lines.joined(separator: "\n").utf8)).prefix(8))
    }

    private static let longestFile = 1 << 20  // bytes
    private static let mostTags = 4096
    private static let mostTexts = 200_000

    /// Reads `tags.txt`, `tag-templates.txt` and `tag-background.txt`.
    package init(folder: String) throws {
        try self.init(
            tags: Self.text(folder + "/tags.txt"),
            templates: Self.text(folder + "/tag-templates.txt"),
            background: Self.text(folder + "/tag-background.txt"), source: folder)
    }

    /// Takes the files' contents: an entry a line, empty lines and those that begin with `#` left out.
    /// - Parameter source: where they come from, for errors.
    package init(
        tags: String, templates: String, background: String, source: String
    ) throws(EmbedderError) {
        var seen: Set<String> = []
        self.tags = Self.entries(tags).compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard let name = parts.first.map({ Self.trimmed($0) }), !name.isEmpty,
                seen.insert(name).inserted
            else { return nil }
            let phrases =
                parts.count < 2
                ? []
                : parts[1].split(separator: ",").map { Self.trimmed($0) }.filter { !$0.isEmpty }
            let article = "aeiou".contains(name.first?.lowercased() ?? "") ? "an " : "a "
            return Tag(name: name, phrases: phrases.isEmpty ? [article + name] : phrases)
        }
        self.templates = Self.entries(templates)
        self.background = Self.entries(background)
        func refuse(_ problem: String) -> EmbedderError {
            .badVocabulary(path: source, problem: problem)
        }
        guard !self.tags.isEmpty, self.tags.count <= Self.mostTags else {
            throw refuse("tags.txt names \(self.tags.count) tags; expected 1 to \(Self.mostTags)")
        }
        guard !self.templates.isEmpty, self.templates.allSatisfy({ $0.contains("{}") }) else {
            throw refuse("tag-templates.txt needs lines, each with {} where a tag's phrase goes")
        }
        guard !self.background.isEmpty else { throw refuse("tag-background.txt is empty") }
        let texts = self.tags.reduce(0) { $0 + $1.phrases.count } * self.templates.count
        guard texts <= Self.mostTexts else {
            throw refuse("phrases times templates are \(texts); at most \(Self.mostTexts) are used")
        }
    }

    /// A tag's phrases in all templates.
    func texts(for tag: Tag) -> [String] {
        tag.phrases.flatMap { phrase in templates.map { $0.replacing("{}", with: phrase) } }
    }

    /// Rows of `vectors(by:)`.
    package var vectorCount: Int { tags.count + background.count }

    /// All that the vectors depend on besides the model.
    package var embeddedTexts: [String] { tags.flatMap { texts(for: $0) + [""] } + background }

    /// The tags' vectors and then the background texts', rows of unit length. A tag's is the mean
    /// of its phrases in all templates.
    package func vectors(by embedder: ImageTextEmbedder) throws -> Matrix {
        let texts = tags.map { self.texts(for: $0) }
        let embedded = try embedder.embed(texts.flatMap { $0 })
        var means = Matrix.room(rows: texts.count, columns: embedder.dimension)
        means.withUnsafeMutableElements { means in
            var start = 0
            for (tag, group) in texts.enumerated() {
                let row = tag * embedder.dimension..<(tag + 1) * embedder.dimension
                Rows.mean(
                    of: start..<start + group.count, in: embedded,
                    into: UnsafeMutableBufferPointer(rebasing: means[row]))
                start += group.count
            }
        }
        return Matrix(
            stacking: [
                try means.ofUnitLength(from: embedder.path), try embedder.embed(background),
            ], columns: embedder.dimension)
    }

    private static func text(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: longestFile + 1)
        else { throw EmbedderError.badVocabulary(path: path, problem: "it cannot be read") }
        guard bytes.count <= longestFile else {
            throw EmbedderError.badVocabulary(
                path: path, problem: "it has more than \(longestFile) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entries(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { trimmed($0) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func trimmed(_ text: Substring) -> String {
        text.trimmingCharacters(in: .whitespaces)
    }
}
