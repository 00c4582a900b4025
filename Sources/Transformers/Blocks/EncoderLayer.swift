import Checkpoints
import Tensors

/// One block of a transformer's encoder (Vaswani et al. 2017): attention and a feed-forward
/// network, each added to what came in and each with a layer normalisation.
struct EncoderLayer: Sendable {
    private let order: Order
    private let attention: Attention
    private let attentionNormalization: LayerNormalization
    private let feedForward: FeedForward
    private let innerNormalization: LayerNormalization

    /// Where the normalisations stand.
    enum Order: Sendable {
        /// Before attention and before the feed-forward network, as in vision transformers.
        case normalizedBefore
        /// After each sum, as in BERT.
        case normalizedAfter
    }

    /// What a family calls a block's tensors, behind the block's own prefix.
    struct Names: Sendable {
        var attention: Attention.Names
        var attentionNormalization: String
        var inner: String
        var outer: String
        /// Of the feed-forward network.
        var innerNormalization: String
    }

    init(
        _ weights: CheckpointWeights, prefix: String, _ names: Names,
        _ configuration: EncoderConfiguration, order: Order, isCausal: Bool, precision: Precision
    ) throws {
        func normalization(_ name: String) throws -> LayerNormalization {
            try LayerNormalization(
                weights, prefix + name, size: configuration.hiddenSize,
                epsilon: configuration.epsilon)
        }
        self.order = order
        attention = try Attention(
            weights, names.attention.behind(prefix), hiddenSize: configuration.hiddenSize,
            headCount: configuration.headCount, isCausal: isCausal, precision: precision)
        attentionNormalization = try normalization(names.attentionNormalization)
        feedForward = try FeedForward(
            weights, inner: prefix + names.inner, outer: prefix + names.outer, configuration,
            precision: precision)
        innerNormalization = try normalization(names.innerNormalization)
    }

    /// Room for what a layer makes, made once for a batch and used by every layer.
    struct Room {
        fileprivate var attention: Attention.Workspace
        fileprivate var normalized: Matrix  // tokens × hidden size
        fileprivate var between: Matrix  // tokens × inner size
    }

    func room(for hidden: Matrix, _ sequences: PackedSequences) -> Room {
        Room(
            attention: attention.workspace(sequences),
            normalized: Matrix.room(rows: hidden.rows, columns: hidden.columns),
            between: feedForward.room(tokens: hidden.rows))
    }

    /// Leaves only some tokens, and what they gathered.
    func keep(_ rows: [Int], of hidden: inout Matrix, _ room: inout Room) {
        hidden = hidden.selecting(rows)
        room.attention.keep(rows)
        room.normalized = Matrix.room(rows: hidden.rows, columns: hidden.columns)
        room.between = feedForward.room(tokens: hidden.rows)
    }

    /// Up to the point where tokens no longer look at each other: what they gathered stays in the
    /// room.
    func gather(
        _ hidden: Matrix, _ sequences: PackedSequences, _ bias: PositionBias?, _ room: inout Room
    ) {
        switch order {
        case .normalizedBefore:
            attentionNormalization.apply(to: hidden, into: &room.normalized)
            attention.gather(room.normalized, sequences, bias, &room.attention)
        case .normalizedAfter:
            attention.gather(hidden, sequences, bias, &room.attention)
        }
    }

    /// The rest, token by token.
    func finish(_ hidden: inout Matrix, _ room: inout Room) {
        attention.add(room.attention.context, to: &hidden)
        switch order {
        case .normalizedBefore:
            innerNormalization.apply(to: hidden, into: &room.normalized)
            feedForward.begin(room.normalized, into: &room.between)
            feedForward.finish(room.between, addingTo: &hidden)
        case .normalizedAfter:
            attentionNormalization.apply(to: &hidden)
            feedForward.begin(hidden, into: &room.between)
            feedForward.finish(room.between, addingTo: &hidden)
            innerNormalization.apply(to: &hidden)
        }
    }
}
