package import Checkpoints
package import Tensors
import Transformers

/// Embeds texts with whatever kind of model a folder holds.
package enum TextModel: Sendable {
    case sentences(TextEmbedder)
    case imageTexts(ImageTextEmbedder)

    /// - Parameter precision: of the network's products.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        if ImageTextModel.textModelTypes.contains(directory.modelType) {
            self = .imageTexts(try ImageTextEmbedder(model: directory, precision: precision))
        } else if TextEncoder.modelTypes.contains(directory.modelType) {
            self = .sentences(try TextEmbedder(model: directory, precision: precision))
        } else {
            throw CheckpointError.unsupportedModel(
                path: directory.path, found: directory.modelType,
                supported: TextEncoder.modelTypes + ImageTextModel.textModelTypes)
        }
    }

    /// Texts × dimension, rows of unit length.
    package func embed(_ texts: [String], as choice: PromptChoice = .standard) throws -> Matrix {
        switch self {
        case .sentences(let embedder): return try embedder.embed(texts, as: choice)
        case .imageTexts(let embedder):
            try embedder.refuse(choice)
            return try embedder.embed(texts)
        }
    }
}
