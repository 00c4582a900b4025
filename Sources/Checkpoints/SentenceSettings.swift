/// How long and in what case sentence-transformers gives texts to an encoder.
package struct SentenceSettings: Sendable, Equatable {
    /// Tokens, special ones included; nil where the file sets no limit.
    package let maximumLength: Int?
    package let lowercases: Bool

    /// The one in use, and those that older models have.
    static let fileNames = ["bert", "roberta", "distilbert", "xlm-roberta", "camembert"].map {
        "sentence_\($0)_config.json"
    }

    /// Without a file nothing is set.
    package init(_ directory: ModelDirectory) throws {
        let name = Self.fileNames.first { directory.fileExists($0) }
        let settings = try name.flatMap { try directory.settings(in: $0) }
        maximumLength = try settings?.integer("max_seq_length")
        lowercases = try settings?.flag("do_lower_case", default: false) ?? false
    }
}
