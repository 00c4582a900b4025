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

    /// hidden += outer(curve(inner(input))).
    /// - Parameters:
    ///   - input: tokens × hidden size, end to end.
    ///   - hidden: of the same shape; may be the same only where the input is no longer needed.
    func add(_ input: MatrixProduct.Block, to hidden: UnsafeMutablePointer<Float>) {
        guard input.rows > 0 else { return }
        let columns = input.columns
        let step = Self.tokensAtOnce(input.rows)
        let between = ScratchMemory<Float>(count: step * inner.outputs)  // tokens × inner size
        for start in stride(from: 0, to: input.rows, by: step) {
            let count = min(step, input.rows - start)
            inner.apply(
                to: .init(
                    start: input.start + start * columns, rows: count, columns: columns,
                    stride: columns),
                .activated(activation), into: between.start)
            outer.apply(
                to: .init(
                    start: between.start, rows: count, columns: inner.outputs,
                    stride: inner.outputs),
                .adding, into: hidden + start * columns)
        }
    }

    /// So few that what stands between the two layers is small and near, so many that the weights are
    /// not fetched for nothing; even parts, of whole tiles of the products.
    private static func tokensAtOnce(_ count: Int) -> Int {
        let parts = (count + 255) / 256
        guard parts > 1 else { return count }
        return ((count + parts - 1) / parts + 11) / 12 * 12
    }
}
