package import Checkpoints
package import Tensors

/// SigLIP's text tower (Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training"): every
/// token sees every other, padding too, and the state at the last place, through a linear layer, is
/// the text's embedding. SigLIP 2 of fixed resolution is the same network (Tschannen et al. 2025).
package struct SigLIPTextModel: TextTower {
    package static let modelTypes = ["siglip", "siglip_text_model"]

    package let dimension: Int
    package let maximumLength: Int
    package var endID: Int? { nil }
    package let paddingID: Int?
    private let vocabularySize: Int
    private let tokens: WeightMatrix  // vocabulary × hidden size
    private let positions: WeightMatrix  // maximum length × hidden size
    private let layers: EncoderStack
    private let normalization: LayerNormalization
    private let projection: Linear

    /// - Parameter precision: of the layers' products.
    package init(_ directory: ModelDirectory, precision: Precision = .fp32) throws {
        let section = try TowerSettings(
            directory, model: "siglip", part: "text", alone: "siglip_text_model"
        ).section
        let configuration = try EncoderConfiguration(
            section,
            defaults: .init(
                hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12,
                activation: "gelu_pytorch_tanh", epsilon: 1e-6))
        let size = configuration.hiddenSize
        dimension = try section.size("projection_size", default: size, atMost: 1 << 16)
        maximumLength = try section.size("max_position_embeddings", default: 64)
        vocabularySize = try section.size("vocab_size", default: 32_000, atMost: 1 << 24)
        let paddingID = try section.integer("pad_token_id") ?? 1
        guard (0..<vocabularySize).contains(paddingID) else {
            throw section.wrong("pad_token_id", expected: "a token below \(vocabularySize)")
        }
        self.paddingID = paddingID

        let weights = try directory.weights()
        let prefix = try weights.prefix(
            among: ["text_model.", ""], for: "embeddings.token_embedding.weight")
        tokens = try weights.matrix(
            prefix + "embeddings.token_embedding.weight", rows: vocabularySize, columns: size)
        positions = try weights.matrix(
            prefix + "embeddings.position_embedding.weight", rows: maximumLength, columns: size)
        layers = try EncoderStack(
            weights, prefix: prefix, .clip(isCausal: false), configuration, precision: precision)
        normalization = try LayerNormalization(
            weights, prefix + "final_layer_norm", size: size, epsilon: configuration.epsilon)
        projection = try Linear(weights, prefix + "head", inputs: size, outputs: dimension)
    }

    /// Texts × dimension. A text shorter than `maximumLength` is read as it is, which is not how
    /// the model was trained: fill it up with `paddingID` first.
    package func encode(_ texts: [[Int]]) throws(TransformerError) -> Matrix {
        try TokenEmbedding.check(
            texts, vocabularySize: vocabularySize, maximumLength: maximumLength)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        let embedded = TokenEmbedding.sum(tokens, positions, texts)  // tokens × hidden size
        var states = layers.states(  // texts × hidden size
            of: sequences.bounds.map { $0.upperBound - 1 }, from: embedded, sequences)
        normalization.apply(to: &states)
        return projection(states)
    }
}
