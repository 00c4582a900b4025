import Glibc
package import Tensors

/// The curve behind a small layer at a network's end: of a classification head, of a dense layer
/// of sentence-transformers, of a cross-encoder's score.
package enum OutputActivation: Sendable {
    case identity, tanh, relu, gelu, sigmoid

    /// By the name of PyTorch's class, "torch.nn.modules.activation.Tanh" or its like.
    package init?(className: String) {
        guard className.hasPrefix("torch.nn.") else { return nil }
        switch className.split(separator: ".").last {
        case "Identity": self = .identity
        case "Tanh": self = .tanh
        case "ReLU": self = .relu
        case "GELU": self = .gelu
        case "Sigmoid": self = .sigmoid
        default: return nil
        }
    }

    package func apply(to matrix: inout Matrix) {
        switch self {
        case .identity: return
        case .gelu: Activation.gelu.apply(to: &matrix)
        case .relu: Activation.relu.apply(to: &matrix)
        case .tanh, .sigmoid:
            matrix.withUnsafeMutableElements { elements in
                for place in elements.indices { elements[place] = value(at: elements[place]) }
            }
        }
    }

    package func value(at x: Float) -> Float {
        switch self {
        case .identity: x
        case .tanh: tanhf(x)
        case .relu: max(0, x)
        case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
        case .sigmoid: 1 / (1 + expf(-x))
        }
    }
}
