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
            bias: hasBias ? try weights.vector(name + ".bias", count: outputs) : nil,
            precision: precision)
    }

    /// - Parameter quantized: the input's rows, where several layers of this precision read them.
    func apply(to input: Matrix, _ quantized: QuantizedRows? = nil, into output: inout Matrix) {
        weights.apply(to: input, quantized, into: &output)
    }

    func callAsFunction(_ input: Matrix) -> Matrix {
        var output = Matrix.room(rows: input.rows, columns: outputs)
        apply(to: input, into: &output)
        return output
    }

    /// output += y: the end of a residual branch.
    func add(of input: Matrix, to output: inout Matrix) {
        weights.apply(to: input, into: &output, adding: true)
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
