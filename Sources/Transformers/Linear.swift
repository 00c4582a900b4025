import Checkpoints
import Tensors

/// y = x Wᵀ + b, for all tokens at once.
struct Linear: Sendable {
    private let weight: WeightMatrix  // outputs × inputs
    private let bias: WeightVector?

    var outputs: Int { weight.rows }

    init(
        _ weights: CheckpointWeights, _ name: String, inputs: Int, outputs: Int,
        hasBias: Bool = true
    ) throws {
        weight = try weights.matrix(name + ".weight", rows: outputs, columns: inputs)
        bias = hasBias ? try weights.vector(name + ".bias", count: outputs) : nil
    }

    func apply(to input: Matrix, into output: inout Matrix) {
        MatrixProduct.apply(weight, bias: bias, to: input, into: &output)
    }

    func callAsFunction(_ input: Matrix) -> Matrix {
        var output = Matrix.room(rows: input.rows, columns: outputs)
        apply(to: input, into: &output)
        return output
    }

    /// output += y: the end of a residual branch.
    func add(of input: Matrix, to output: inout Matrix) {
        MatrixProduct.add(weight, bias: bias, of: input, to: &output)
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
        scale = try weights.vector(name + (isOld ? ".gamma" : ".weight"), count: size)
        shift = try weights.vector(name + (isOld ? ".beta" : ".bias"), count: size)
        self.epsilon = epsilon
    }

    func apply(to input: Matrix, into output: inout Matrix) {
        Rows.normalize(input, scale: scale, shift: shift, epsilon: epsilon, into: &output)
    }

    func apply(to matrix: inout Matrix) {
        Rows.normalize(&matrix, scale: scale, shift: shift, epsilon: epsilon)
    }
}
