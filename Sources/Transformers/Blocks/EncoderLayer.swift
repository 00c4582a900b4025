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

    /// Up to the point where tokens no longer look at each other.
    /// - Parameters:
    ///   - hidden: tokens × hidden size.
    ///   - context: what each token gathered, of the same shape.
    func gather(
        _ hidden: MatrixProduct.Block, _ sequences: PackedSequences, _ bias: SelfAttention.Bias?,
        _ room: EncoderRoom, into context: UnsafeMutablePointer<Float>
    ) {
        var input = hidden
        if case .normalizedBefore = order {
            attentionNormalization.apply(to: hidden, into: room.normalized.start)
            input.start = UnsafePointer(room.normalized.start)
        }
        attention.gather(
            input, sequences, bias, projections: room.projections.start, into: context)
    }

    /// The rest, token by token.
    /// - Parameters:
    ///   - context: what each gathered, tokens × hidden size.
    ///   - hidden: of the same shape.
    func finish(
        _ context: MatrixProduct.Block, _ hidden: UnsafeMutablePointer<Float>, _ room: EncoderRoom
    ) {
        attention.add(context, to: hidden)
        var states = context
        states.start = UnsafePointer(hidden)
        switch order {
        case .normalizedBefore:
            innerNormalization.apply(to: states, into: room.normalized.start)
            states.start = UnsafePointer(room.normalized.start)
            feedForward.add(states, to: hidden)
        case .normalizedAfter:
            attentionNormalization.apply(to: states, into: hidden)
            feedForward.add(states, to: hidden)
            innerNormalization.apply(to: states, into: hidden)
        }
    }
}

/// Room for what a layer makes, made once for a batch and used by every layer.
struct EncoderRoom {
    fileprivate let projections: ScratchMemory<Float>  // tokens × 3 · hidden size
    fileprivate let normalized: ScratchMemory<Float>  // tokens × hidden size
    let context: ScratchMemory<Float>  // tokens × hidden size

    init(tokens: Int, hiddenSize: Int) {
        projections = ScratchMemory(count: tokens * 3 * hiddenSize)
        normalized = ScratchMemory(count: tokens * hiddenSize)
        context = ScratchMemory(count: tokens * hiddenSize)
    }
}
