package import Checkpoints
import Glibc
package import Tensors
import Tokenizers
import Transformers

/// A text encoder with a classification head: how likely each of its labels is for a text.
package struct TextClassifier: Sendable {
    /// As `id2label` of config.json names them, one an output; `LABEL_0` where nobody named it.
    package let labels: [String]
    /// Whether a text may have several labels (`problem_type` multi_label_classification): each is
    /// judged alone then, or else all share a probability of 1.
    package let allowsSeveral: Bool
    /// Tokens that are read, special ones included; a longer text is cut.
    package let maximumTokens: Int
    private let tokenizer: any Tokenizer
    private let model: SequenceClassifier
    private let path: String

    /// - Parameter precision: of the network's products.
    package init(
        model directory: ModelDirectory, adapter: LowRankAdapter? = nil,
        precision: Precision = .fp32
    ) throws {
        model = try SequenceClassifier(directory, adapter: adapter, precision: precision)
        path = adapter?.path ?? directory.path
        tokenizer = try TokenizerDirectory.open(directory.path)
        let noted = try TokenizerDirectory.maximumLength(directory.path) ?? .max
        maximumTokens = max(3, min(noted, model.maximumLength))
        let names = try directory.configuration.section("id2label")
        labels = try (0..<model.labelCount).map {
            try names.string("\($0)", default: "LABEL_\($0)")
        }
        allowsSeveral =
            try directory.configuration.string("problem_type", default: "")
            == "multi_label_classification"
    }

    /// Texts × labels, 0…1.
    package func probabilities(of texts: [String]) throws -> [[Float]] {
        let tokens = try texts.map { try tokenizer.encode($0, maximumLength: maximumTokens).ids }
        let logits = try model.logits(of: tokens, firstSegmentCounts: tokens.map(\.count))
        return try (0..<texts.count).map { text in
            let row = (0..<labels.count).map { logits[text, $0] }
            guard row.allSatisfy(\.isFinite) else {
                throw EmbedderError.notANumber(from: path, item: text)
            }
            guard !allowsSeveral else { return row.map { 1 / (1 + expf(-$0)) } }
            let largest = row.max() ?? 0
            let powers = row.map { expf($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
