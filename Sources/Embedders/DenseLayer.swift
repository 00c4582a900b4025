import Checkpoints
import Tensors
import Transformers

/// A linear layer with a curve behind it, between pooling and the vector: the Dense module of
/// sentence-transformers.
struct DenseLayer: Sendable {
    let outputs: Int
    private let weights: LinearWeights
    private let activation: OutputActivation

    private static let largestSide = 1 << 16

    /// - Parameters:
    ///   - directory: the module's folder.
    ///   - inputs: width of what comes before it.
    init(_ directory: ModelDirectory, inputs: Int) throws {
        let settings = directory.configuration
        guard try settings.size("in_features", atMost: Self.largestSide) == inputs else {
            throw settings.wrong("in_features", expected: "\(inputs), the width of what goes in")
        }
        outputs = try settings.size("out_features", atMost: Self.largestSide)
        let name = try settings.string(
            "activation_function", default: "torch.nn.modules.activation.Tanh")
        guard let activation = OutputActivation(className: name) else {
            throw settings.wrong(
                "activation_function",
                expected: "PyTorch's Identity, Tanh, ReLU, GELU or Sigmoid")
        }
        self.activation = activation
        guard try !settings.flag("use_residual", default: false) else {
            throw settings.wrong("use_residual", expected: "false")
        }
        for key in ["module_input_name", "module_output_name"] {
            guard try settings.string(key, default: Self.vectorName) == Self.vectorName else {
                throw settings.wrong(key, expected: "\"\(Self.vectorName)\"")
            }
        }
        let checkpoint = try directory.weights()
        weights = LinearWeights(
            try checkpoint.matrix("linear.weight", rows: outputs, columns: inputs),
            bias: try settings.flag("bias", default: true)
                ? try checkpoint.vector("linear.bias", count: outputs) : nil,
            precision: .fp32)
    }

    /// The text's vector among what the modules hand on.
    private static let vectorName = "sentence_embedding"

    func callAsFunction(_ vectors: Matrix) -> Matrix {
        var output = Matrix.room(rows: vectors.rows, columns: outputs)
        weights.apply(to: vectors, into: &output)
        activation.apply(to: &output)
        return output
    }
}
