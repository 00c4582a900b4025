package import Checkpoints
import Glibc
import Tensors

/// How a model of images and texts reads cosines between the two, as it learned them.
package struct ImageTextScale: Sendable, Equatable {
    /// Factor of a cosine.
    package let scale: Float
    /// Added to the scaled cosine, which then gives by itself how probable it is that a text fits
    /// an image (SigLIP); nil where probability is shared among several texts (CLIP).
    package let bias: Float?

    /// What CLIP was held to in training; a model that does not say uses it.
    private static let standard: Float = 100
    /// SigLIP's are learned freely, at about 117.
    private static let greatest: Float = 10_000

    package init(_ directory: ModelDirectory) throws {
        let weights = try directory.weights()
        let logarithm = try Self.number("logit_scale", in: weights)
        bias = try Self.number("logit_bias", in: weights)
        let limit = bias == nil ? Self.standard : Self.greatest
        scale = logarithm.map { min(limit, expf($0)) } ?? Self.standard
    }

    /// Nil also for what is no number.
    private static func number(
        _ name: String, in weights: CheckpointWeights
    ) throws -> Float? {
        guard weights.contains(name) else { return nil }
        let shape = try weights.shape(of: name) == [1] ? [1] : []
        let value = try weights.matrix(name, rows: 1, columns: 1, shape: shape)
            .withUnsafeElements { $0[0] }
        return value.isFinite ? value : nil
    }

    /// That a text with this cosine fits, 0…1, where the model judges each by itself.
    package func probability(ofCosine cosine: Float) -> Float? {
        bias.map { 1 / (1 + expf(-(scale * cosine + $0))) }
    }
}
