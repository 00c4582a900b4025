package import Checkpoints
package import Tensors

/// The half of a model of images and texts that reads texts.
package protocol TextTower: Sendable {
    /// Of the space shared with images.
    var dimension: Int { get }
    /// Tokens in a text, special ones included.
    var maximumLength: Int { get }
    /// The token whose state stands for a text, where it is one that the tokenizer must set.
    var endID: Int? { get }
    /// What fills a text up to `maximumLength`, as it was in training; nil where texts are read as
    /// they are.
    var paddingID: Int? { get }
    /// Texts × dimension, not yet of unit length.
    func encode(_ texts: [[Int]]) throws(TransformerError) -> Matrix
}

/// The half that reads images.
package protocol ImageTower: Sendable {
    /// Of the space shared with texts.
    var dimension: Int { get }
    /// Width and height of the images, in pixels.
    var imageSize: Int { get }
    /// Images × dimension, not yet of unit length. `pixels` holds an image a row: red, green and
    /// blue planes of normalised values, each imageSize × imageSize.
    func encode(_ pixels: Matrix) throws(TransformerError) -> Matrix
}

/// Models that bring images and texts into one space.
package enum ImageTextModel {
    /// Of `config.json`, all whose texts are read.
    package static let textModelTypes = CLIPTextModel.modelTypes + SigLIPTextModel.modelTypes
    /// All whose images are read.
    package static let imageModelTypes = CLIPVisionModel.modelTypes + SigLIPVisionModel.modelTypes

    /// - Parameter precision: of the layers' products.
    package static func textTower(
        _ directory: ModelDirectory, precision: Precision = .fp32
    ) throws -> any TextTower {
        switch directory.modelType {
        case let type where CLIPTextModel.modelTypes.contains(type):
            return try CLIPTextModel(directory, precision: precision)
        case let type where SigLIPTextModel.modelTypes.contains(type):
            return try SigLIPTextModel(directory, precision: precision)
        default:
            throw unsupported(directory, textModelTypes)
        }
    }

    /// - Parameter precision: of the layers' products.
    package static func imageTower(
        _ directory: ModelDirectory, precision: Precision = .fp32
    ) throws -> any ImageTower {
        switch directory.modelType {
        case let type where CLIPVisionModel.modelTypes.contains(type):
            return try CLIPVisionModel(directory, precision: precision)
        case let type where SigLIPVisionModel.modelTypes.contains(type):
            return try SigLIPVisionModel(directory, precision: precision)
        default:
            throw unsupported(directory, imageModelTypes)
        }
    }

    /// Of the embeddings of a model that has not been opened.
    package static func imageDimension(_ directory: ModelDirectory) throws -> Int {
        switch directory.modelType {
        case let type where CLIPVisionModel.modelTypes.contains(type):
            return try CLIPVisionModel.dimension(directory)
        case let type where SigLIPVisionModel.modelTypes.contains(type):
            return try SigLIPVisionModel.dimension(directory)
        default:
            throw unsupported(directory, imageModelTypes)
        }
    }

    private static func unsupported(
        _ directory: ModelDirectory, _ supported: [String]
    ) -> CheckpointError {
        .unsupportedModel(
            path: directory.path, found: directory.modelType, supported: supported)
    }
}

extension EncoderStack.Shape {
    /// The layers that both towers of CLIP and of SigLIP are made of: normalisation first, then
    /// attention or the feed-forward network, added to what came in.
    static func clip(isCausal: Bool) -> EncoderStack.Shape {
        EncoderStack.Shape(
            layerPrefix: "encoder.layers.",
            names: .init(
                attention: .init(
                    query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj",
                    output: "self_attn.out_proj"),
                attentionNormalization: "layer_norm1", inner: "mlp.fc1", outer: "mlp.fc2",
                innerNormalization: "layer_norm2"),
            order: .normalizedBefore, isCausal: isCausal)
    }
}
