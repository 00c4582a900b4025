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

    /// Room for what stands between the two layers, tokens × inner size.
    func room(tokens: Int) -> Matrix { Matrix.room(rows: tokens, columns: inner.outputs) }

    /// What the first layer and the curve make of the input.
    /// - Parameter between: room for as many tokens as the input has.
    func begin(_ input: Matrix, into between: inout Matrix) {
        inner.apply(to: input, into: &between)
        activation.apply(to: &between)
    }

    /// hidden += outer(between): the end of a residual branch.
    func finish(_ between: Matrix, addingTo hidden: inout Matrix) {
        outer.add(of: between, to: &hidden)
    }
}
