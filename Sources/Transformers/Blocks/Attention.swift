import Checkpoints
import Tensors

/// Multi-head attention of each sequence to itself (Vaswani et al. 2017).
struct Attention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let headCount: Int
    /// Whether a token sees only itself and those before it.
    private let isCausal: Bool

    /// Where a checkpoint keeps the four layers.
    struct Names: Sendable {
        var query: String
        var key: String
        var value: String
        var output: String

        func behind(_ prefix: String) -> Names {
            Names(
                query: prefix + query, key: prefix + key, value: prefix + value,
                output: prefix + output)
        }
    }

    init(
        _ weights: CheckpointWeights, _ names: Names, hiddenSize: Int, headCount: Int,
        isCausal: Bool, precision: Precision
    ) throws {
        func linear(_ name: String) throws -> Linear {
            try Linear(weights, name, inputs: hiddenSize, outputs: hiddenSize, precision: precision)
        }
        query = try linear(names.query)
        key = try linear(names.key)
        value = try linear(names.value)
        output = try linear(names.output)
        self.headCount = headCount
        self.isCausal = isCausal
    }

    /// What each token gathers.
    /// - Parameters:
    ///   - input: tokens × hidden size.
    ///   - bias: added to the scores before their softmax.
    ///   - projections: room for queries, keys and values side by side, tokens × 3 · hidden size.
    ///   - context: tokens × hidden size.
    func gather(
        _ input: MatrixProduct.Block, _ sequences: PackedSequences, _ bias: SelfAttention.Bias?,
        projections: UnsafeMutablePointer<Float>, into context: UnsafeMutablePointer<Float>
    ) {
        Linear.apply([query, key, value], to: input, .replacing, into: projections)
        let attention = SelfAttention(
            headCount: headCount, headWidth: query.outputs / headCount, isCausal: isCausal)
        attention.gather(projections, sequences.bounds, bias, into: context)
    }

    /// hidden += what was gathered, through the output layer.
    func add(_ context: MatrixProduct.Block, to hidden: UnsafeMutablePointer<Float>) {
        output.apply(to: context, .adding, into: hidden)
    }
}
