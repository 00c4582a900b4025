package import Checkpoints
package import Tensors

/// CLIP's image tower (Radford et al. 2021, "Learning Transferable Visual Models From Natural
/// Language Supervision"): a vision transformer over square patches, whose state at an extra class
/// token, projected, is the image's embedding.
package struct CLIPVisionModel: ImageTower {
    package static let modelTypes = ["clip", "clip_vision_model"]

    package let dimension: Int
    package var imageSize: Int { patches.imageSize }
    private let patches: PatchEmbedding
    private let firstNormalization: LayerNormalization
    private let layers: EncoderStack
    private let lastNormalization: LayerNormalization
    private let projection: Linear

    /// - Parameter precision: of the layers' products.
    package init(_ directory: ModelDirectory, precision: Precision = .fp32) throws {
        let settings = try Self.settings(directory)
        let configuration = try EncoderConfiguration(
            settings.section,
            defaults: .init(
                hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12,
                activation: "quick_gelu", epsilon: 1e-5))
        dimension = try Self.dimension(directory)
        let size = configuration.hiddenSize

        let weights = try directory.weights()
        let prefix = try weights.prefix(
            among: ["vision_model.", ""], for: "embeddings.patch_embedding.weight")
        patches = try PatchEmbedding(
            weights, prefix: prefix, settings.section, hiddenSize: size, hasClassToken: true,
            defaults: .init(patchSize: 32), precision: precision)
        // The checkpoints spell it so.
        firstNormalization = try LayerNormalization(
            weights, prefix + "pre_layrnorm", size: size, epsilon: configuration.epsilon)
        layers = try EncoderStack(
            weights, prefix: prefix, .clip(isCausal: false), configuration, precision: precision)
        lastNormalization = try LayerNormalization(
            weights, prefix + "post_layernorm", size: size, epsilon: configuration.epsilon)
        projection = try Linear(
            weights, "visual_projection", inputs: size, outputs: dimension, hasBias: false)
    }

    /// Of the embeddings of a model that has not been opened.
    static func dimension(_ directory: ModelDirectory) throws -> Int {
        try settings(directory).whole.size("projection_dim", default: 512, atMost: 1 << 16)
    }

    private static func settings(_ directory: ModelDirectory) throws -> TowerSettings {
        try TowerSettings(directory, model: "clip", part: "vision", alone: "clip_vision_model")
    }

    package func encode(_ pixels: Matrix) throws(TransformerError) -> Matrix {
        var hidden = try patches.tokens(of: pixels)  // (images × tokens) × hidden size
        firstNormalization.apply(to: &hidden)
        let sequences = PackedSequences(
            lengths: repeatElement(patches.tokenCount, count: pixels.rows))
        var states = layers.states(  // images × hidden size
            of: sequences.bounds.map(\.lowerBound), from: hidden, sequences)
        lastNormalization.apply(to: &states)
        return projection(states)
    }
}
