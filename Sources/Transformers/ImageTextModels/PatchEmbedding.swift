import Checkpoints
import Tensors

/// Cuts images into square patches and makes a token of each (Dosovitskiy et al. 2020, "An Image is
/// Worth 16x16 Words"), with a position each; an extra token may stand before them.
struct PatchEmbedding: Sendable {
    /// Width and height of the images, in pixels.
    let imageSize: Int
    private let patchSize: Int
    private let weights: LinearWeights  // hidden size × (3 × patch × patch)
    private let classToken: WeightVector?
    private let positions: WeightMatrix  // tokens × hidden size

    private static let channels = 3

    /// Where a patch embedding's settings are silent.
    struct Defaults {
        var imageSize = 224
        var patchSize: Int
    }

    /// - Parameters:
    ///   - prefix: of the vision tower's tensors.
    ///   - hasClassToken: whether a learned token stands before the patches; the convolution has
    ///     then no bias.
    init(
        _ checkpoint: CheckpointWeights, prefix: String, _ section: ModelConfiguration,
        hiddenSize: Int, hasClassToken: Bool, defaults: Defaults, precision: Precision
    ) throws {
        imageSize = try section.size("image_size", default: defaults.imageSize, atMost: 1 << 12)
        patchSize = try section.size("patch_size", default: defaults.patchSize, atMost: imageSize)
        guard try section.size("num_channels", default: Self.channels) == Self.channels else {
            throw section.wrong("num_channels", expected: String(Self.channels))
        }
        let prefix = prefix + "embeddings."
        weights = LinearWeights(
            try checkpoint.matrix(
                prefix + "patch_embedding.weight", rows: hiddenSize,
                columns: Self.channels * patchSize * patchSize,
                shape: [hiddenSize, Self.channels, patchSize, patchSize]),
            bias: hasClassToken
                ? nil : try checkpoint.vector(prefix + "patch_embedding.bias", count: hiddenSize),
            precision: precision)
        classToken =
            hasClassToken
            ? try checkpoint.vector(prefix + "class_embedding", count: hiddenSize) : nil
        let side = imageSize / patchSize
        positions = try checkpoint.matrix(
            prefix + "position_embedding.weight", rows: side * side + (hasClassToken ? 1 : 0),
            columns: hiddenSize)
    }

    /// Tokens of an image.
    var tokenCount: Int { positions.rows }

    /// (Images × tokens) × hidden size.
    /// - Parameter pixels: images × (3 × imageSize × imageSize).
    func tokens(of pixels: Matrix) throws(TransformerError) -> Matrix {
        let expected = Self.channels * imageSize * imageSize
        guard pixels.columns == expected else {
            throw .wrongImageSize(expected: expected, found: pixels.columns)
        }
        let side = imageSize / patchSize
        // The convolution with stride = size is a product over the patches' pixels.
        var projected = Matrix.room(rows: pixels.rows * side * side, columns: positions.columns)
        weights.apply(to: cut(pixels), into: &projected)
        return placed(projected, images: pixels.rows)
    }

    /// (Images × patches) × (3 × patch × patch): each patch's pixels in the order of the weights.
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

    /// Each image's class token, where there is one, and patches, with their positions.
    private func placed(_ projected: Matrix, images: Int) -> Matrix {
        let (width, count) = (positions.columns, positions.rows)
        let extra = classToken == nil ? 0 : 1
        return projected.withUnsafeElements { projected in
            positions.withUnsafeElements { positions in
                Matrix(rows: images * count, columns: width) { output in
                    for image in 0..<images {
                        let start = image * count * width
                        if let classToken {
                            classToken.withUnsafeElements { token in
                                for column in 0..<width {
                                    output[start + column] = token[column] + positions[column]
                                }
                            }
                        }
                        let from = image * (count - extra) * width
                        for place in extra * width..<count * width {
                            output[start + place] =
                                projected[from + place - extra * width] + positions[place]
                        }
                    }
                }
            }
        }
    }
}
