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
        from embedded: consuming Matrix, _ sequences: PackedSequences,
        _ bias: SelfAttention.Bias? = nil
    ) -> Matrix {
        var hidden = embedded
        let room = EncoderRoom(tokens: hidden.rows, hiddenSize: hidden.columns)
        for layer in layers {
            gather(layer, hidden, sequences, bias, room)
            finish(layer, room.context, &hidden, room)
        }
        return hidden
    }

    /// The last layer's state of some tokens, one of each sequence: kept × hidden size. What the
    /// other tokens would have become after the last layer's attention is not computed.
    func states(
        of kept: [Int], from embedded: consuming Matrix, _ sequences: PackedSequences,
        _ bias: SelfAttention.Bias? = nil
    ) -> Matrix {
        var hidden = embedded
        guard let last = layers.last else { return hidden.selecting(kept) }
        let room = EncoderRoom(tokens: hidden.rows, hiddenSize: hidden.columns)
        for layer in layers.dropLast() {
            gather(layer, hidden, sequences, bias, room)
            finish(layer, room.context, &hidden, room)
        }
        gather(last, hidden, sequences, bias, room)
        hidden = hidden.selecting(kept)
        let width = hidden.columns
        let context = ScratchMemory<Float>(count: kept.count * width)
        for (place, row) in kept.enumerated() {
            (context.start + place * width).update(
                from: room.context.start + row * width, count: width)
        }
        finish(last, context, &hidden, room)
        return hidden
    }

    /// What the layer's attention makes of all tokens, into the room's context.
    private func gather(
        _ layer: EncoderLayer, _ hidden: Matrix, _ sequences: PackedSequences,
        _ bias: SelfAttention.Bias?, _ room: EncoderRoom
    ) {
        hidden.withBlock {
            layer.gather($0, sequences, bias, room, into: room.context.start)
        }
    }

    /// - Parameter context: what each row of `hidden` gathered.
    private func finish(
        _ layer: EncoderLayer, _ context: ScratchMemory<Float>, _ hidden: inout Matrix,
        _ room: EncoderRoom
    ) {
        let (rows, columns) = (hidden.rows, hidden.columns)
        hidden.withUnsafeMutableElements { hidden in
            guard let hidden = hidden.baseAddress else { return }
            layer.finish(
                .init(start: context.start, rows: rows, columns: columns, stride: columns),
                hidden, room)
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
