import Checkpoints
import Tensors

/// The two linear layers of a transformer's block with a curve between them, token by token.
struct FeedForward: Sendable {
    private let inner: Linear
    private let activation: Activation
    private let outer: Linear

    init(
        _ weights: CheckpointWeights, inner: String, outer: String,
        _ configuration: EncoderConfiguration, precision: Precision
    ) throws {
        let (size, innerSize) = (configuration.hiddenSize, configuration.innerSize)
        self.inner = try Linear(
            weights, inner, inputs: size, outputs: innerSize, precision: precision)
        activation = configuration.activation
        self.outer = try Linear(
            weights, outer, inputs: innerSize, outputs: size, precision: precision)
    }

    /// What stands between the two layers, tokens × inner size.
    func between(_ input: Matrix) -> Matrix {
        var between = inner(input)
        activation.apply(to: &between)
        return between
    }

    /// hidden += outer(between): the end of a residual branch.
    func add(_ between: Matrix, to hidden: inout Matrix) {
        outer.add(of: between, to: &hidden)
    }
}
