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

    /// What a family calls the settings.
    struct Keys: Sendable {
        var hiddenSize = "hidden_size"
        var innerSize = "intermediate_size"
        var layerCount = "num_hidden_layers"
        var headCount = "num_attention_heads"
        var activation = "hidden_act"
        /// Nil where the family has no such setting.
        var epsilon: String? = "layer_norm_eps"
    }

    /// The values that Hugging Face assumes for keys a file leaves out.
    struct Defaults: Sendable {
        var hiddenSize: Int
        var innerSize: Int
        var layerCount: Int
        var headCount: Int
        var activation: String
        var epsilon: Double
    }

    init(
        _ configuration: ModelConfiguration, keys: Keys = Keys(), defaults: Defaults
    ) throws {
        hiddenSize = try configuration.size(
            keys.hiddenSize, default: defaults.hiddenSize, atMost: 1 << 16)
        innerSize = try configuration.size(
            keys.innerSize, default: defaults.innerSize, atMost: 1 << 18)
        layerCount = try configuration.size(
            keys.layerCount, default: defaults.layerCount, atMost: 1 << 10)
        headCount = try configuration.size(
            keys.headCount, default: defaults.headCount, atMost: hiddenSize)
        guard hiddenSize % headCount == 0 else {
            throw configuration.wrong(
                keys.headCount, expected: "a divisor of \(keys.hiddenSize), \(hiddenSize)")
        }
        let name = try configuration.string(keys.activation, default: defaults.activation)
        guard let activation = Activation(configurationName: name) else {
            throw configuration.wrong(
                keys.activation,
                expected: "gelu, gelu_new, gelu_pytorch_tanh, quick_gelu or relu")
        }
        self.activation = activation
        epsilon = Float(
            try keys.epsilon.map {
                try configuration.positiveNumber($0, default: defaults.epsilon)
            } ?? defaults.epsilon)
    }
}
