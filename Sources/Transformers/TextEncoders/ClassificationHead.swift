import Checkpoints
import Tensors

/// What makes scores of the first token's state: a linear layer with a curve, and a linear layer
/// with one output a label.
struct ClassificationHead: Sendable {
    let labelCount: Int
    private let first: Linear
    private let activation: OutputActivation
    private let last: Linear

    /// What a family calls the two layers.
    struct Names: Sendable {
        var first: Place
        var last: String
        var activation: OutputActivation

        enum Place: Sendable {
            /// Behind the encoder's prefix: BERT's pooler.
            case inEncoder(String)
            case outside(String)
        }
    }

    /// A checkpoint without the head is refused: one made at random would give scores too.
    /// - Parameter path: of the model, for that error.
    init(
        _ weights: CheckpointWeights, _ names: Names, encoderPrefix: String, hiddenSize: Int,
        path: String
    ) throws {
        let firstName =
            switch names.first {
            case .inEncoder(let name): encoderPrefix + name
            case .outside(let name): name
            }
        for name in [names.last, firstName] where !weights.contains(name + ".weight") {
            throw CheckpointError.missingHead(path: path, tensor: name + ".weight")
        }
        first = try Linear(weights, firstName, inputs: hiddenSize, outputs: hiddenSize)
        labelCount = try weights.shape(of: names.last + ".weight").first ?? 0
        last = try Linear(weights, names.last, inputs: hiddenSize, outputs: labelCount)
        activation = names.activation
    }

    /// States × labels, before any softmax.
    func logits(of states: Matrix) -> Matrix {
        var between = first(states)  // states × hidden size
        activation.apply(to: &between)
        return last(between)
    }
}
