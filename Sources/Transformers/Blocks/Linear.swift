import Checkpoints
import Tensors

/// y = x Wᵀ + b, for all tokens at once.
struct Linear: Sendable {
    private let weights: LinearWeights

    var outputs: Int { weights.outputs }
    var precision: Precision { weights.precision }

    init(
        _ weights: CheckpointWeights, _ name: String, inputs: Int, outputs: Int,
        hasBias: Bool = true, precision: Precision = .fp32
    ) throws {
        self.weights = LinearWeights(
            try weights.matrix(name + ".weight", rows: outputs, columns: inputs),
            bias: hasBias ? try weights.finiteVector(name + ".bias", count: outputs) : nil,
            precision: precision)
        guard self.weights.isFinite else { throw weights.notFinite(name + ".weight") }
    }

    func callAsFunction(_ input: Matrix) -> Matrix {
        var output = Matrix.room(rows: input.rows, columns: outputs)
        weights.apply(to: input, into: &output)
        return output
    }

    /// Rows of numbers through this layer.
    /// - Parameters:
    ///   - input: rows × inputs, end to end.
    ///   - output: rows × outputs, end to end.
    func apply(
        to input: MatrixProduct.Block, _ ending: LinearWeights.Ending,
        into output: UnsafeMutablePointer<Float>
    ) {
        Self.apply([self], to: input, ending, into: output)
    }

    /// The same through several layers of one precision, whose outputs stand side by side.
    /// - Parameter output: rows × all outputs, end to end.
    static func apply(
        _ layers: [Linear], to input: MatrixProduct.Block, _ ending: LinearWeights.Ending,
        into output: UnsafeMutablePointer<Float>
    ) {
        guard let first = layers.first else { return }
        LinearWeights.apply(
            layers.map(\.weights), to: LayerInput(input, first.precision), ending, into: output,
            stride: layers.reduce(0) { $0 + $1.outputs })
    }
}

/// Layer normalisation (Ba, Kiros and Hinton 2016) of every token.
struct LayerNormalization: Sendable {
    private let scale: WeightVector
    private let shift: WeightVector
    private let epsilon: Float

    /// Checkpoints converted from TensorFlow long ago say gamma and beta.
    init(_ weights: CheckpointWeights, _ name: String, size: Int, epsilon: Float) throws {
        let isOld = weights.contains(name + ".gamma")
        scale = try weights.finiteVector(name + (isOld ? ".gamma" : ".weight"), count: size)
        shift = try weights.finiteVector(name + (isOld ? ".beta" : ".bias"), count: size)
        self.epsilon = epsilon
    }

    func apply(to input: Matrix, into output: inout Matrix) {
        Rows.normalize(input, scale: scale, shift: shift, epsilon: epsilon, into: &output)
    }

    func apply(to matrix: inout Matrix) {
        Rows.normalize(&matrix, scale: scale, shift: shift, epsilon: epsilon)
    }

    /// Rows end to end; `output` has their shape, and may be the same.
    func apply(to input: MatrixProduct.Block, into output: UnsafeMutablePointer<Float>) {
        Rows.normalize(input, scale: scale, shift: shift, epsilon: epsilon, into: output)
    }
}
