package import Checkpoints
package import Tensors
import Tokenizers
import Transformers

/// Late interaction over a sentence encoder's token states: every token of the query looks for its
/// best counterpart in the passage, and the mean of those cosines is the score (Khattab and Zaharia
/// 2020, "ColBERT", there called MaxSim and summed). One vector a text loses who did what to
/// whom; a state a token keeps some of it.
package struct LateInteraction: PassageReranker {
    package let modelFingerprint: String
    package let blend: Double
    package var scale: RerankScale { .cosine }
    /// Tokens of a passage that are read, special ones included; the rest is cut off.
    package let maximumPassageTokens: Int
    private let maximumQueryTokens: Int
    private let tokenizer: any Tokenizer
    private let lowercases: Bool
    private let model: TextEncoder
    private let path: String

    /// How a model is used, with what suits an encoder as it was fetched.
    package struct Options: Sendable {
        /// See docs/decisions/0008-default-reranker.md.
        package var blend = 0.1
        /// Layers of the model, from below; all when nil. Time grows with them.
        package var layerCount: Int?
        /// A passage of a search is some forty words; a long one is judged by its beginning.
        package var maximumPassageTokens = 128
        /// Of the network's products.
        package var precision = Precision.fp32

        package init() {}
    }

    /// - Parameter adapter: what was trained on top of the model.
    package init(
        model directory: ModelDirectory, adapter: LowRankAdapter? = nil,
        _ options: Options = Options()
    ) throws {
        model = try TextEncoder(
            directory, adapter: adapter, layerCount: options.layerCount,
            precision: options.precision)
        tokenizer = try TokenizerDirectory.open(directory.path)
        lowercases = try SentenceSettings(directory).lowercases
        maximumPassageTokens = max(2, min(options.maximumPassageTokens, model.maximumLength))
        maximumQueryTokens = max(2, min(Self.queryTokens, model.maximumLength))
        let fingerprint = try directory.fingerprint()
        let adapted = try adapter?.fingerprint(on: fingerprint) ?? fingerprint
        modelFingerprint = "\(adapted)-\(options.layerCount ?? 0)-\(maximumPassageTokens)"
        blend = options.blend
        path = adapter?.path ?? directory.path
    }

    private static let queryTokens = 128

    /// Means of cosines, −1…1; 0 where the query or the passage has no token.
    package func scores(query: String, passages: [String]) throws -> [Float] {
        guard !passages.isEmpty else { return [] }
        let queryIDs = try ids(of: query, atMost: maximumQueryTokens)
        guard queryIDs.count > 2 else { return Array(repeating: 0, count: passages.count) }
        let queryStates = try unitStates(of: [queryIDs])
        let wanted = Matrix(  // query tokens × hidden size
            rows: queryIDs.count - 2, columns: model.hiddenSize,
            elements: Array(
                queryStates.matrix.elements.dropFirst(model.hiddenSize).dropLast(model.hiddenSize)))
        let batches = try TextBatches(
            passages.map { try ids(of: $0, atMost: maximumPassageTokens) })
        return try batches.scores { batch in
            let states = try unitStates(of: batch)
            return Self.meanOfBest(
                // query tokens × all tokens of the batch
                MatrixProduct.multiply(wanted, byTransposed: states.matrix),
                within: states.sequences.bounds)
        }
    }

    package func tokenCount(query: String, passage: String) throws -> Int {
        try ids(of: query, atMost: maximumQueryTokens).count
            + ids(of: passage, atMost: maximumPassageTokens).count
    }

    private func ids(of text: String, atMost limit: Int) throws(TokenizerError) -> [Int] {
        try tokenizer.encode(lowercases ? text.lowercased() : text, maximumLength: limit).ids
    }

    private func unitStates(of texts: [[Int]]) throws -> HiddenStates {
        var states = try model.encode(texts)
        let lengths = Rows.makeUnitLength(&states.matrix)
        if let broken = lengths.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
            throw EmbedderError.notANumber(from: path, item: broken)
        }
        return states
    }

    /// For each passage the mean over rows of the largest cosine among its columns, the special
    /// tokens at both ends left out.
    private static func meanOfBest(_ cosines: Matrix, within passages: [Range<Int>]) -> [Float] {
        cosines.withUnsafeElements { elements in
            passages.map { passage in
                let words = passage.dropFirst().dropLast()
                guard !words.isEmpty else { return 0 }
                var sum: Float = 0
                for row in 0..<cosines.rows {
                    var best = -Float.infinity
                    for column in words {
                        best = max(best, elements[row * cosines.columns + column])
                    }
                    sum += best
                }
                return sum / Float(cosines.rows)
            }
        }
    }
}
