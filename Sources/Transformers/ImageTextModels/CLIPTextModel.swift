package import Checkpoints
package import Tensors

/// CLIP's text tower: a causal transformer whose state at the end-of-text token, projected, lies in
/// the same space as the images.
package struct CLIPTextModel: TextTower {
    package static let modelTypes = ["clip", "clip_text_model"]

    package let dimension: Int
    package let maximumLength: Int
    /// The token whose state stands for the text; nil: the largest id, as the first checkpoints on
    /// Hugging Face need, whose configuration says 2.
    package let endID: Int?
    package var paddingID: Int? { nil }
    private let vocabularySize: Int
    private let tokens: WeightMatrix  // vocabulary × hidden size
    private let positions: WeightMatrix  // maximum length × hidden size
    private let layers: EncoderStack
    private let normalization: LayerNormalization
    private let projection: Linear

    /// - Parameter precision: of the layers' products.
    package init(_ directory: ModelDirectory, precision: Precision = .fp32) throws {
        let settings = try TowerSettings(
            directory, model: "clip", part: "text", alone: "clip_text_model")
        let section = settings.section
        let configuration = try EncoderConfiguration(
            section,
            defaults: .init(
                hiddenSize: 512, innerSize: 2048, layerCount: 12, headCount: 8,
                activation: "quick_gelu", epsilon: 1e-5))
        dimension = try settings.whole.size("projection_dim", default: 512, atMost: 1 << 16)
        maximumLength = try section.size("max_position_embeddings", default: 77)
        vocabularySize = try section.size("vocab_size", default: 49_408, atMost: 1 << 24)
        let endID = try section.integer("eos_token_id") ?? 49_407
        self.endID = endID == 2 ? nil : endID

        let weights = try directory.weights()
        let prefix = try weights.prefix(
            among: ["text_model.", ""], for: "embeddings.token_embedding.weight")
        let size = configuration.hiddenSize
        tokens = try weights.matrix(
            prefix + "embeddings.token_embedding.weight", rows: vocabularySize, columns: size)
        positions = try weights.matrix(
            prefix + "embeddings.position_embedding.weight", rows: maximumLength, columns: size)
        layers = try EncoderStack(
            weights, prefix: prefix, .clip(isCausal: true), configuration, precision: precision)
        normalization = try LayerNormalization(
            weights, prefix + "final_layer_norm", size: size, epsilon: configuration.epsilon)
        projection = try Linear(
            weights, "text_projection", inputs: size, outputs: dimension, hasBias: false)
    }

    package func encode(_ texts: [[Int]]) throws(TransformerError) -> Matrix {
        try TokenEmbedding.check(
            texts, vocabularySize: vocabularySize, maximumLength: maximumLength)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        let embedded = TokenEmbedding.sum(tokens, positions, texts)  // tokens × hidden size
        let ends = zip(texts, sequences.bounds).map { text, rows in
            rows.lowerBound + placeOfEnd(in: text)
        }
        var states = layers.states(of: ends, from: embedded, sequences)  // texts × hidden size
        normalization.apply(to: &states)
        return projection(states)
    }

    /// The first place of the end token; the first place at all when there is none, as in
    /// transformers.
    private func placeOfEnd(in text: [Int]) -> Int {
        if let endID { return text.firstIndex(of: endID) ?? 0 }
        return text.indices.max { (text[$0], $1) < (text[$1], $0) } ?? 0
    }
}
