package import Checkpoints
package import Tensors

/// SigLIP's image tower (Zhai et al. 2023): a vision transformer without a class token, whose
/// states a learned query gathers. SigLIP 2 of fixed resolution is the same network.
package struct SigLIPVisionModel: ImageTower {
    package static let modelTypes = ["siglip", "siglip_vision_model"]

    package var dimension: Int { head.hiddenSize }
    package var imageSize: Int { patches.imageSize }
    private let patches: PatchEmbedding
    private let layers: EncoderStack
    private let normalization: LayerNormalization
    private let head: AttentionPooling

    /// - Parameter precision: of the layers' products.
    package init(_ directory: ModelDirectory, precision: Precision = .fp32) throws {
        let section = try Self.section(directory)
        let configuration = try Self.configuration(section)
        guard try section.flag("vision_use_head", default: true) else {
            throw section.wrong("vision_use_head", expected: "true")
        }
        let weights = try directory.weights()
        let prefix = try weights.prefix(
            among: ["vision_model.", ""], for: "embeddings.patch_embedding.weight")
        patches = try PatchEmbedding(
            weights, prefix: prefix, section, hiddenSize: configuration.hiddenSize,
            hasClassToken: false, defaults: .init(patchSize: 16), precision: precision)
        layers = try EncoderStack(
            weights, prefix: prefix, .clip(isCausal: false), configuration, precision: precision)
        normalization = try LayerNormalization(
            weights, prefix + "post_layernorm", size: configuration.hiddenSize,
            epsilon: configuration.epsilon)
        head = try AttentionPooling(weights, prefix: prefix + "head.", configuration)
    }

    /// Of the embeddings of a model that has not been opened.
    static func dimension(_ directory: ModelDirectory) throws -> Int {
        try configuration(section(directory)).hiddenSize
    }

    private static func section(_ directory: ModelDirectory) throws -> ModelConfiguration {
        try TowerSettings(
            directory, model: "siglip", part: "vision", alone: "siglip_vision_model"
        ).section
    }

    private static func configuration(
        _ section: ModelConfiguration
    ) throws -> EncoderConfiguration {
        try EncoderConfiguration(
            section,
            defaults: .init(
                hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12,
                activation: "gelu_pytorch_tanh", epsilon: 1e-6))
    }

    package func encode(_ pixels: Matrix) throws(TransformerError) -> Matrix {
        let tokens = try patches.tokens(of: pixels)  // (images × tokens) × hidden size
        let sequences = PackedSequences(
            lengths: repeatElement(patches.tokenCount, count: pixels.rows))
        var states = layers.states(from: tokens, sequences)
        normalization.apply(to: &states)
        return head.pooled(states, sequences)
    }
}
