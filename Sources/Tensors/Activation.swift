import CKernels

/// The curve between the two linear layers of a transformer's feed-forward part.
package enum Activation: String, Sendable, CaseIterable {
    case gelu
    case geluTanh = "gelu_new"
    case quickGELU = "quick_gelu"
    case relu

    /// By the name a Hugging Face `config.json` gives it in `hidden_act`.
    package init?(configurationName name: String) {
        switch name {
        case "gelu", "gelu_python": self = .gelu
        case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": self = .geluTanh
        case "quick_gelu": self = .quickGELU
        case "relu": self = .relu
        default: return nil
        }
    }

    package func apply(to matrix: inout Matrix) {
        matrix.withUnsafeMutableElements { elements in
            guard let start = elements.baseAddress else { return }
            apply(to: start, count: elements.count)
        }
    }

    func apply(to numbers: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .gelu: reel_gelu(numbers, count)
        case .geluTanh: reel_gelu_tanh(numbers, count)
        case .quickGELU: reel_quick_gelu(numbers, count)
        case .relu: reel_relu(numbers, count)
        }
    }
}
