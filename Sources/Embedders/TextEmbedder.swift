package import Checkpoints
package import Tensors
import Tokenizers
import Transformers

/// Passages and queries to points whose nearness is nearness in meaning, with a sentence encoder of
/// the BERT family (Reimers and Gurevych 2019, "Sentence-BERT").
package struct TextEmbedder: Sendable {
    package let dimension: Int
    /// Tells whether a library was made with this model.
    package let modelFingerprint: String
    /// Tokens of a text that are read, special ones included; the rest is cut off.
    package let maximumTokens: Int
    private let tokenizer: any Tokenizer
    private let lowercases: Bool
    private let model: BERTModel
    private let pooling: Pooling
    private let path: String

    /// - Parameter precision: of the network's products. Neither the fingerprint nor a library
    ///   depends on it: embeddings of one precision are searched with queries of another.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        model = try BERTModel(directory, precision: precision)
        pooling = try Pooling(directory)
        tokenizer = try TokenizerDirectory.open(directory.path)
        let settings = try directory.settings(in: "sentence_bert_config.json")
        let limit =
            try settings?.integer("max_seq_length")
            ?? TokenizerDirectory.maximumLength(directory.path) ?? model.maximumLength
        maximumTokens = max(2, min(limit, model.maximumLength))
        lowercases = try settings?.flag("do_lower_case", default: false) ?? false
        dimension = model.hiddenSize
        modelFingerprint = try directory.fingerprint()
        path = directory.path
    }

    /// Texts × dimension, rows of unit length.
    package func embed(_ texts: [String]) throws -> Matrix {
        let ids = texts.map { encode($0).ids }
        return try TextBatches(ids).embed(dimension: dimension) { batch in
            pooling.apply(to: try model.encode(batch))
        }
        .ofUnitLength(from: path)
    }

    /// How many tokens a text has for this model, special ones included; at most `maximumTokens`.
    package func tokenCount(of text: String) -> Int { encode(text).ids.count }

    private func encode(_ text: String) -> Encoding {
        tokenizer.encode(lowercases ? text.lowercased() : text, maximumLength: maximumTokens)
    }
}
