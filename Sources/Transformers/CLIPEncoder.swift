import Checkpoints
import Tensors

/// The layers both of CLIP's towers are made of (Radford et al. 2021, "Learning Transferable Visual
/// Models From Natural Language Supervision"): normalisation first, then attention or the
/// feed-forward network, added to what came in.
struct CLIPEncoder: Sendable {
    private let layers: [Layer]

    init(
        _ weights: CheckpointWeights, _ prefix: String, _ configuration: EncoderConfiguration,
        isCausal: Bool, precision: Precision
    ) throws {
        layers = try (0..<configuration.layerCount).map { index in
            try Layer(
                weights, "\(prefix)encoder.layers.\(index).", configuration, isCausal: isCausal,
                precision: precision)
        }
    }

    /// The last layer's state of some tokens, one of each sequence: kept × hidden size. What the
    /// other tokens would have become after the last layer's attention is not computed.
    func states(
        of kept: [Int], from embedded: Matrix, _ sequences: PackedSequences
    ) -> Matrix {
        var hidden = embedded  // tokens × hidden size
        var workspace = Attention.Workspace(sequences, hiddenSize: hidden.columns)
        var normalized = Matrix.room(rows: hidden.rows, columns: hidden.columns)
        for layer in layers.dropLast() {
            layer.gather(hidden, sequences, &normalized, &workspace)
            layer.finish(&hidden, workspace.context, &normalized)
        }
        guard let last = layers.last else { return hidden.selecting(kept) }
        last.gather(hidden, sequences, &normalized, &workspace)
        hidden = hidden.selecting(kept)
        normalized = Matrix.room(rows: hidden.rows, columns: hidden.columns)
        last.finish(&hidden, workspace.context.selecting(kept), &normalized)
        return hidden
    }

    private struct Layer: Sendable {
        let attentionNormalization: LayerNormalization
        let attention: Attention
        let innerNormalization: LayerNormalization
        let inner: Linear
        let activation: Activation
        let outer: Linear

        init(
            _ weights: CheckpointWeights, _ prefix: String,
            _ configuration: EncoderConfiguration, isCausal: Bool,
            precision: Precision
        ) throws {
            let size = configuration.hiddenSize
            func normalization(_ name: String) throws -> LayerNormalization {
                try LayerNormalization(
                    weights, prefix + name, size: size, epsilon: configuration.epsilon)
            }
            attentionNormalization = try normalization("layer_norm1")
            attention = try Attention(
                weights,
                .init(
                    query: prefix + "self_attn.q_proj", key: prefix + "self_attn.k_proj",
                    value: prefix + "self_attn.v_proj", output: prefix + "self_attn.out_proj"),
                hiddenSize: size, headCount: configuration.headCount, isCausal: isCausal,
                precision: precision)
            innerNormalization = try normalization("layer_norm2")
            inner = try Linear(
                weights, prefix + "mlp.fc1", inputs: size, outputs: configuration.innerSize,
                precision: precision)
            activation = configuration.activation
            outer = try Linear(
                weights, prefix + "mlp.fc2", inputs: configuration.innerSize, outputs: size,
                precision: precision)
        }

        /// Up to the point where tokens no longer look at each other.
        func gather(
            _ hidden: Matrix, _ sequences: PackedSequences, _ normalized: inout Matrix,
            _ workspace: inout Attention.Workspace
        ) {
            attentionNormalization.apply(to: hidden, into: &normalized)
            attention.gather(normalized, sequences, &workspace)
        }

        /// The rest, token by token.
        func finish(_ hidden: inout Matrix, _ context: Matrix, _ normalized: inout Matrix) {
            attention.add(context, to: &hidden)
            innerNormalization.apply(to: hidden, into: &normalized)
            var between = inner(normalized)  // tokens × inner size
            activation.apply(to: &between)
            outer.add(of: between, to: &hidden)
        }
    }
}

extension Matrix {
    /// Some rows, in the order given.
    func selecting(_ kept: [Int]) -> Matrix {
        var elements: [Float] = []
        elements.reserveCapacity(kept.count * columns)
        for row in kept { elements.append(contentsOf: self[row]) }
        return Matrix(rows: kept.count, columns: columns, elements: elements)
    }
}
