import Checkpoints
import Tensors

/// An encoder's layers, one on top of the other.
struct EncoderStack: Sendable {
    private let layers: [EncoderLayer]

    /// What families that share an architecture's code differ in.
    struct Shape: Sendable {
        /// Of the first layer, "encoder.layer.0." without the number: "encoder.layer.".
        var layerPrefix: String
        var names: EncoderLayer.Names
        var order: EncoderLayer.Order
        /// Whether a token sees only itself and those before it.
        var isCausal = false
    }

    /// - Parameter layerCount: how many of the layers to use, from below; all when nil.
    init(
        _ weights: CheckpointWeights, prefix: String, _ shape: Shape,
        _ configuration: EncoderConfiguration, layerCount: Int? = nil, precision: Precision
    ) throws {
        layers = try (0..<(layerCount ?? configuration.layerCount)).map { index in
            try EncoderLayer(
                weights, prefix: "\(prefix)\(shape.layerPrefix)\(index).", shape.names,
                configuration, order: shape.order, isCausal: shape.isCausal, precision: precision)
        }
    }

    /// The last layer's state of every token, tokens × hidden size.
    /// - Parameter bias: added to every layer's attention.
    func states(
        from embedded: consuming Matrix, _ sequences: PackedSequences, _ bias: PositionBias? = nil
    ) -> Matrix {
        var hidden = embedded
        guard let first = layers.first else { return hidden }
        var room = first.room(for: hidden, sequences)
        for layer in layers {
            layer.gather(hidden, sequences, bias, &room)
            layer.finish(&hidden, &room)
        }
        return hidden
    }

    /// The last layer's state of some tokens, one of each sequence: kept × hidden size. What the
    /// other tokens would have become after the last layer's attention is not computed.
    func states(
        of kept: [Int], from embedded: consuming Matrix, _ sequences: PackedSequences,
        _ bias: PositionBias? = nil
    ) -> Matrix {
        var hidden = embedded
        guard let last = layers.last else { return hidden.selecting(kept) }
        var room = last.room(for: hidden, sequences)
        for layer in layers.dropLast() {
            layer.gather(hidden, sequences, bias, &room)
            layer.finish(&hidden, &room)
        }
        last.gather(hidden, sequences, bias, &room)
        last.keep(kept, of: &hidden, &room)
        last.finish(&hidden, &room)
        return hidden
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
