import Checkpoints
import Tensors

/// What tells one family of text encoders from another: what its settings and tensors are called,
/// and how tokens are told where they stand. The arithmetic is the same.
struct TextEncoderFamily: Sendable {
    /// `model_type` in `config.json`.
    var modelTypes: [String]
    var keys = EncoderConfiguration.Keys()
    var defaults = EncoderConfiguration.Defaults(
        hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12, activation: "gelu",
        epsilon: 1e-12)
    /// Where the file is silent.
    var vocabularySize: Int
    /// What checkpoints put before the encoder's tensors: nothing, or the name it has in a bigger
    /// model.
    var prefixes: [String]
    var places = Places.fromZero
    var segments = Segments.none
    var layerPrefix = "encoder.layer."
    var names: EncoderLayer.Names
    /// A tensor of relative positions, where there is one.
    var relativePositions: String?
    var head: ClassificationHead.Names

    /// How a token's row of the position embedding is found.
    enum Places: Sendable {
        /// The place in the text.
        case fromZero
        /// The place in the text counted from behind the padding token's id, since the rows up to
        /// it are padding's own: fairseq's convention. The id is a setting, or fixed.
        case behindPadding(setting: String?, standard: Int)
    }

    /// What a text's parts are marked with.
    enum Segments: Sendable {
        case none
        /// All tokens with row 0 of an embedding, the second text of a pair too.
        case same
        /// The two texts of a pair with rows 0 and 1.
        case pair
    }

    static let all = [bert, roberta, distilBERT, mpnet]

    static func of(_ directory: ModelDirectory) throws -> TextEncoderFamily {
        guard let family = all.first(where: { $0.modelTypes.contains(directory.modelType) }) else {
            throw CheckpointError.unsupportedModel(
                path: directory.path, found: directory.modelType,
                supported: TextEncoder.modelTypes)
        }
        return family
    }
}
