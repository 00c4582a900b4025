package import Checkpoints
import Glibc
package import Tensors
import Tokenizers
import Transformers

/// Reads a query and a passage together and says how well they fit (Nogueira and Cho 2019, "Passage
/// Re-ranking with BERT"): a text encoder with a classification head of one label, as the
/// ms-marco-MiniLM and bge-reranker models, or of two, of which the second means "fits".
package struct CrossEncoder: PassageReranker {
    package let modelFingerprint: String
    package let blend: Double
    package var scale: RerankScale { .logOdds }
    /// Tokens of query and passage together, special ones included; the longer text is cut.
    package let maximumTokens: Int
    private let tokenizer: any Tokenizer
    private let model: SequenceClassifier
    /// What sentence-transformers puts behind the network's output.
    private let activation: OutputActivation
    private let path: String

    /// Where the folder does not say: models trained on judged passages know better than the
    /// channels. None could be measured here; set `blend` in reranker.json beside the model.
    package static let standardBlend = 0.7

    /// - Parameters:
    ///   - limit: reads less than the model could: time grows with the tokens.
    ///   - precision: of the network's products.
    package init(
        model directory: ModelDirectory, adapter: LowRankAdapter? = nil,
        blend: Double = standardBlend, maximumTokens limit: Int = .max,
        precision: Precision = .fp32
    ) throws {
        model = try SequenceClassifier(directory, adapter: adapter, precision: precision)
        path = adapter?.path ?? directory.path
        guard (1...2).contains(model.labelCount) else {
            throw EmbedderError.unsupportedLabels(path: path, count: model.labelCount)
        }
        activation = try Self.activation(directory, labelCount: model.labelCount)
        tokenizer = try TokenizerDirectory.open(directory.path)
        let noted = try TokenizerDirectory.maximumLength(directory.path) ?? .max
        maximumTokens = max(3, min(limit, noted, model.maximumLength))
        let fingerprint = try directory.fingerprint()
        modelFingerprint = try adapter?.fingerprint(on: fingerprint) ?? fingerprint
        self.blend = blend
    }

    /// Log-odds, any size and sign: with one label the network's output, with two the second minus
    /// the first, so that `probability` is their softmax.
    package func scores(query: String, passages: [String]) throws -> [Float] {
        let first = try tokenizer.words(of: query, atMost: .max)
        let pairs = try passages.map {
            try tokenizer.encode(first, with: $0, maximumLength: maximumTokens)
        }
        let batches = TextBatches(pairs, tokenCount: \.ids.count)
        let scores = try batches.scores { batch in
            let logits = try model.logits(
                of: batch.map(\.ids), firstSegmentCounts: batch.map(\.firstSegmentCount))
            return (0..<logits.rows).map { row in
                logits.columns == 1 ? logits[row, 0] : logits[row, 1] - logits[row, 0]
            }
        }
        if let broken = scores.firstIndex(where: { !$0.isFinite }) {
            throw EmbedderError.notANumber(from: path, item: broken)
        }
        return scores
    }

    package func tokenCount(query: String, passage: String) throws -> Int {
        try tokenizer.encode(
            tokenizer.words(of: query, atMost: .max), with: passage,
            maximumLength: maximumTokens
        ).ids.count
    }

    package func relevance(ofScore score: Float) -> Float { Self.probability(ofScore: score) }

    package func published(_ score: Float) -> Float { activation.value(at: score) }

    /// What `CrossEncoder` of sentence-transformers takes: what the files name, or else the logistic
    /// function for one label and nothing for more.
    private static func activation(
        _ directory: ModelDirectory, labelCount: Int
    ) throws -> OutputActivation {
        let settings = directory.configuration
        let places = [
            (try directory.settings(in: SentencePrompts.fileName), "activation_fn"),
            (try settings.section("sentence_transformers"), "activation_fn"),
            (settings, "sbert_ce_default_activation_function"),
        ]
        for case (let place?, let key) in places where place[key] != nil {
            let name = try place.string(key)
            // A class of somebody's own is code, which is not run.
            guard name.hasPrefix("torch.") else { break }
            guard let activation = OutputActivation(className: name) else {
                throw place.wrong(
                    key, expected: "PyTorch's Identity, Tanh, ReLU, GELU or Sigmoid")
            }
            return activation
        }
        return labelCount == 1 ? .sigmoid : .identity
    }

    /// That the passage fits, 0…1: the logistic function of a score.
    package static func probability(ofScore score: Float) -> Float { 1 / (1 + expf(-score)) }
}
