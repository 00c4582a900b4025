import Checkpoints
import Tensors

/// The sizes every encoder has, from `config.json`.
struct EncoderConfiguration: Sendable {
    let hiddenSize: Int
    let innerSize: Int
    let layerCount: Int
    let headCount: Int
    let activation: Activation
    let epsilon: Float

    /// The values that Hugging Face assumes for keys a file leaves out.
    struct Defaults {
        var hiddenSize: Int
        var innerSize: Int
        var layerCount: Int
        var headCount: Int
        var activation: String
        var epsilon: Double
    }

    init(_ configuration: ModelConfiguration, defaults: Defaults) throws {
        hiddenSize = try configuration.size(
            "hidden_size", default: defaults.hiddenSize, atMost: 1 << 16)
        innerSize = try configuration.size(
            "intermediate_size", default: defaults.innerSize, atMost: 1 << 18)
        layerCount = try configuration.size(
            "num_hidden_layers", default: defaults.layerCount, atMost: 1 << 10)
        headCount = try configuration.size(
            "num_attention_heads", default: defaults.headCount, atMost: hiddenSize)
        guard hiddenSize % headCount == 0 else {
            throw configuration.wrong(
                "num_attention_heads", expected: "a divisor of hidden_size, \(hiddenSize)")
        }
        let name = try configuration.string("hidden_act", default: defaults.activation)
        guard let activation = Activation(configurationName: name) else {
            throw configuration.wrong("hidden_act", expected: "gelu, gelu_new or quick_gelu")
        }
        self.activation = activation
        epsilon = Float(
            try configuration.positiveNumber("layer_norm_eps", default: defaults.epsilon))
    }
}
