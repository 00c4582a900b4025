package import Checkpoints
package import Tensors

/// A bidirectional encoder of texts: embeddings of tokens and of where they stand, then layers of
/// attention and a feed-forward network. BERT and the families that followed it differ in names and
/// in how places are told; see `TextEncoderFamily`.
package struct TextEncoder: Sendable {
    /// Of `config.json`, all that are read.
    package static var modelTypes: [String] { TextEncoderFamily.all.flatMap(\.modelTypes) }

    package let hiddenSize: Int
    /// Tokens in a text, special ones included.
    package let maximumLength: Int
    let family: TextEncoderFamily
    /// Where the checkpoint keeps the encoder: "", "bert.", …
    let prefix: String
    private let tokens: WeightMatrix  // vocabulary × hidden size
    private let positions: WeightMatrix  // places × hidden size
    /// The token behind whose id places are counted; nil where they count from 0.
    private let paddingID: Int?
    private let segments: WeightMatrix?  // segments, mostly 2 × hidden size
    private let normalization: LayerNormalization
    private let relativePositions: RelativePositions?
    private let layers: EncoderStack

    /// - Parameter adapter: updates to merge into the weights.
    /// - Parameter layerCount: how many of the layers to use, from below; all when nil.
    /// - Parameter precision: of the layers' products.
    package init(
        _ directory: ModelDirectory, adapter: LowRankAdapter? = nil, layerCount: Int? = nil,
        precision: Precision = .fp32
    ) throws {
        try self.init(
            directory, weights: { try directory.weights(adaptedBy: adapter) },
            layerCount: layerCount, precision: precision)
    }

    /// - Parameter weights: opened only for a model that is supported.
    init(
        _ directory: ModelDirectory, weights open: () throws -> CheckpointWeights,
        layerCount: Int? = nil, precision: Precision = .fp32
    ) throws {
        let family = try TextEncoderFamily.of(directory)
        let settings = directory.configuration
        let configuration = try EncoderConfiguration(
            settings, keys: family.keys, defaults: family.defaults)
        let positionType = try settings.string("position_embedding_type", default: "absolute")
        guard positionType == "absolute" else {
            throw settings.wrong("position_embedding_type", expected: "\"absolute\"")
        }
        guard try !settings.flag("is_decoder", default: false) else {
            throw settings.wrong("is_decoder", expected: "false")
        }
        let size = configuration.hiddenSize
        let vocabularySize = try settings.size(
            "vocab_size", default: family.vocabularySize, atMost: 1 << 24)
        let placeCount = try settings.size("max_position_embeddings", default: 512)
        paddingID = try Self.paddingID(
            family.places, settings, vocabularySize: vocabularySize, placeCount: placeCount)
        let used = layerCount ?? configuration.layerCount
        guard (1...configuration.layerCount).contains(used) else {
            throw settings.wrong(family.keys.layerCount, expected: "at least \(used)")
        }

        let weights = try open()
        let prefix = try weights.prefix(
            among: family.prefixes, for: "embeddings.word_embeddings.weight")
        func embedding(_ name: String, _ count: Int) throws -> WeightMatrix {
            try weights.matrix(
                "\(prefix)embeddings.\(name)_embeddings.weight", rows: count, columns: size)
        }
        tokens = try embedding("word", vocabularySize)
        positions = try embedding("position", placeCount)
        segments =
            switch family.segments {
            case .none: nil
            case .same, .pair:
                try embedding("token_type", settings.size("type_vocab_size", default: 2))
            }
        normalization = try LayerNormalization(
            weights, prefix + "embeddings.LayerNorm", size: size, epsilon: configuration.epsilon)
        relativePositions = try family.relativePositions.map { name in
            let key = "relative_attention_num_buckets"
            guard try settings.size(key, default: 32) == RelativePositions.bucketCount else {
                throw settings.wrong(key, expected: String(RelativePositions.bucketCount))
            }
            return try RelativePositions(
                weights, prefix + name, headCount: configuration.headCount)
        }
        layers = try EncoderStack(
            weights, prefix: prefix,
            .init(
                layerPrefix: family.layerPrefix, names: family.names, order: .normalizedAfter),
            configuration, layerCount: used, precision: precision)
        self.family = family
        self.prefix = prefix
        hiddenSize = size
        maximumLength = placeCount - (paddingID.map { $0 + 1 } ?? 0)
    }

    private static func paddingID(
        _ places: TextEncoderFamily.Places, _ settings: ModelConfiguration, vocabularySize: Int,
        placeCount: Int
    ) throws -> Int? {
        guard case .behindPadding(let key, let standard) = places else { return nil }
        let id = try key.flatMap { try settings.integer($0) } ?? standard
        guard (0..<vocabularySize).contains(id) else {
            throw settings.wrong(
                key ?? "vocab_size", expected: "room for the padding token, \(standard)")
        }
        guard id + 1 < placeCount else {
            throw settings.wrong(
                "max_position_embeddings",
                expected: "more than \(id + 1), the places up to the padding token's")
        }
        return id
    }

    /// The last layer's state of every token. Texts may differ in length; each is one segment.
    package func encode(_ texts: [[Int]]) throws(TransformerError) -> HiddenStates {
        let embedded = try embed(texts, firstSegmentCounts: nil)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        return HiddenStates(
            matrix: layers.states(from: embedded, sequences, bias(sequences)),
            sequences: sequences)
    }

    /// The last layer's state of each text's first token, texts × hidden size.
    /// - Parameter firstSegmentCounts: how many tokens of each text are of segment 0.
    func firstStates(
        of texts: [[Int]], firstSegmentCounts: [Int]
    ) throws(TransformerError) -> Matrix {
        let embedded = try embed(texts, firstSegmentCounts: firstSegmentCounts)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        return layers.states(
            of: sequences.bounds.map(\.lowerBound), from: embedded, sequences, bias(sequences))
    }

    private func bias(_ sequences: PackedSequences) -> SelfAttention.Bias? {
        guard sequences.longest > 0 else { return nil }
        return relativePositions?.bias(longest: sequences.longest)
    }

    /// - Parameter firstSegmentCounts: nil where each text is one segment.
    private func embed(
        _ texts: [[Int]], firstSegmentCounts: [Int]?
    ) throws(TransformerError) -> Matrix {
        try TokenEmbedding.check(
            texts, vocabularySize: tokens.rows, maximumLength: maximumLength)
        var hidden = TokenEmbedding.sum(  // tokens × hidden size
            tokens, positions, texts, paddingID: paddingID)
        if let segments {
            let counts = family.segments == .pair ? firstSegmentCounts : nil
            if let counts, segments.rows < 2 {
                for (text, count) in zip(texts, counts) where count < text.count {
                    throw .oneSegment
                }
            }
            TokenEmbedding.addSegments(segments, texts, firstSegmentCounts: counts, to: &hidden)
        }
        normalization.apply(to: &hidden)
        return hidden
    }
}
