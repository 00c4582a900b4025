package import Checkpoints
package import Tensors

/// CLIP's image tower: a vision transformer (Dosovitskiy et al. 2020) over square patches, whose
/// state at an extra class token, projected, is the image's embedding.
package struct CLIPVisionModel: Sendable {
    package static let modelTypes = ["clip", "clip_vision_model"]

    /// Of the space shared with texts.
    package let dimension: Int
    /// Width and height of the images, in pixels.
    package let imageSize: Int
    private let patchSize: Int
    private let hiddenSize: Int
    private let patches: LinearWeights  // hidden size × (3 × patch × patch)
    private let classToken: WeightVector
    private let positions: WeightMatrix  // (1 + patches) × hidden size
    private let firstNormalization: LayerNormalization
    private let encoder: CLIPEncoder
    private let lastNormalization: LayerNormalization
    private let projection: Linear

    private static let channels = 3

    /// - Parameter precision: of the layers' products.
    package init(_ directory: ModelDirectory, precision: Precision = .fp32) throws {
        let settings = try CLIPSettings(directory, part: "vision", alone: "clip_vision_model")
        let section = settings.section
        let configuration = try EncoderConfiguration(
            section,
            defaults: .init(
                hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12,
                activation: "quick_gelu", epsilon: 1e-5))
        dimension = settings.dimension
        imageSize = try section.size("image_size", default: 224, atMost: 1 << 12)
        patchSize = try section.size("patch_size", default: 32, atMost: imageSize)
        guard try section.size("num_channels", default: 3) == Self.channels else {
            throw section.wrong("num_channels", expected: "3")
        }
        hiddenSize = configuration.hiddenSize

        let weights = try directory.weights()
        let prefix = try weights.prefix(
            among: ["vision_model.", ""], for: "embeddings.patch_embedding.weight")
        patches = LinearWeights(
            try weights.matrix(
                prefix + "embeddings.patch_embedding.weight", rows: hiddenSize,
                columns: Self.channels * patchSize * patchSize,
                shape: [hiddenSize, Self.channels, patchSize, patchSize]),
            bias: nil, precision: precision)
        classToken = try weights.vector(prefix + "embeddings.class_embedding", count: hiddenSize)
        let side = imageSize / patchSize
        positions = try weights.matrix(
            prefix + "embeddings.position_embedding.weight", rows: 1 + side * side,
            columns: hiddenSize)
        // The checkpoints spell it so.
        firstNormalization = try LayerNormalization(
            weights, prefix + "pre_layrnorm", size: hiddenSize, epsilon: configuration.epsilon)
        encoder = try CLIPEncoder(
            weights, prefix, configuration, isCausal: false, precision: precision)
        lastNormalization = try LayerNormalization(
            weights, prefix + "post_layernorm", size: hiddenSize, epsilon: configuration.epsilon)
        projection = try Linear(
            weights, "visual_projection", inputs: hiddenSize, outputs: dimension, hasBias: false)
    }

    /// Images × dimension, not yet of unit length. `pixels` holds an image a row: red, green and
    /// blue planes of normalised values, each imageSize × imageSize.
    package func encode(_ pixels: Matrix) throws(TransformerError) -> Matrix {
        let expected = Self.channels * imageSize * imageSize
        guard pixels.columns == expected else {
            throw .wrongImageSize(expected: expected, found: pixels.columns)
        }
        let side = imageSize / patchSize
        // The convolution with stride = size is a product over the patches' pixels.
        var projected = Matrix.room(rows: pixels.rows * side * side, columns: hiddenSize)
        patches.apply(to: cut(pixels), into: &projected)
        var hidden = withClassTokenAndPositions(projected, images: pixels.rows)
        firstNormalization.apply(to: &hidden)

        let sequences = PackedSequences(
            lengths: repeatElement(1 + side * side, count: pixels.rows))
        let classRows = sequences.bounds.map(\.lowerBound)
        var states = encoder.states(of: classRows, from: hidden, sequences)
        lastNormalization.apply(to: &states)
        return projection(states)
    }

    /// (images × patches) × (3 × patch × patch): each patch's pixels in the order of the weights.
    private func cut(_ pixels: Matrix) -> Matrix {
        let (image, patch, side) = (imageSize, patchSize, imageSize / patchSize)
        return pixels.withUnsafeElements { pixels in
            Matrix(
                rows: pixels.count / (Self.channels * image * image) * side * side,
                columns: Self.channels * patch * patch
            ) { output in
                var next = 0
                for start in stride(from: 0, to: pixels.count, by: Self.channels * image * image) {
                    for patchRow in 0..<side {
                        for patchColumn in 0..<side {
                            for channel in 0..<Self.channels {
                                for row in 0..<patch {
                                    let y = patchRow * patch + row
                                    let from =
                                        start + (channel * image + y) * image + patchColumn * patch
                                    _ = UnsafeMutableBufferPointer(
                                        rebasing: output[next..<next + patch]
                                    )
                                    .update(fromContentsOf: pixels[from..<from + patch])
                                    next += patch
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func withClassTokenAndPositions(_ projected: Matrix, images: Int) -> Matrix {
        let width = hiddenSize
        let patchCount = positions.rows - 1
        return projected.withUnsafeElements { projected in
            classToken.withUnsafeElements { classToken in
                positions.withUnsafeElements { positions in
                    Matrix(rows: images * (1 + patchCount), columns: width) { output in
                        for image in 0..<images {
                            for place in 0...patchCount {
                                let to = (image * (1 + patchCount) + place) * width
                                let from = (image * patchCount + place - 1) * width
                                for column in 0..<width {
                                    let value =
                                        place == 0 ? classToken[column] : projected[from + column]
                                    output[to + column] = value + positions[place * width + column]
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
