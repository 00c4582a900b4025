package import Checkpoints
package import Tensors

/// BERT's encoder (Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers"):
/// token, position and segment embeddings, then layers of attention and a feed-forward network,
/// each followed by layer normalisation.
package struct BERTModel: Sendable {
    package static let modelTypes = ["bert"]

    package let hiddenSize: Int
    /// Tokens in a text, special ones included.
    package let maximumLength: Int
    /// Where the checkpoint keeps the encoder: "", "bert.", …
    let prefix: String
    private let vocabularySize: Int
    private let tokens: WeightMatrix  // vocabulary × hidden size
    private let positions: WeightMatrix  // maximum length × hidden size
    private let segments: WeightMatrix  // segments, mostly 2 × hidden size
    private let normalization: LayerNormalization
    private let layers: [Layer]

    /// - Parameter adapter: updates to merge into the weights.
    /// - Parameter layerCount: how many of the layers to use, from below; all when nil.
    /// - Parameter precision: of the layers' products.
    package init(
        _ directory: ModelDirectory, adapter: LowRankAdapter? = nil, layerCount: Int? = nil,
        precision: Precision = .fp32
    ) throws {
        try self.init(
            directory, weights: directory.weights(adaptedBy: adapter), layerCount: layerCount,
            precision: precision)
    }

    init(
        _ directory: ModelDirectory, weights: CheckpointWeights, layerCount: Int? = nil,
        precision: Precision = .fp32
    ) throws {
        guard Self.modelTypes.contains(directory.modelType) else {
            throw CheckpointError.unsupportedModel(
                path: directory.path, found: directory.modelType, supported: Self.modelTypes)
        }
        let settings = directory.configuration
        let configuration = try EncoderConfiguration(
            settings,
            defaults: .init(
                hiddenSize: 768, innerSize: 3072, layerCount: 12, headCount: 12,
                activation: "gelu", epsilon: 1e-12))
        let positionType = try settings.string("position_embedding_type", default: "absolute")
        guard positionType == "absolute" else {
            throw settings.wrong("position_embedding_type", expected: "\"absolute\"")
        }
        hiddenSize = configuration.hiddenSize
        maximumLength = try settings.size("max_position_embeddings", default: 512)
        vocabularySize = try settings.size("vocab_size", default: 30_522, atMost: 1 << 24)
        let segmentCount = try settings.size("type_vocab_size", default: 2)

        prefix = try weights.prefix(
            among: ["", "bert.", "0.auto_model."], for: "embeddings.word_embeddings.weight")
        let prefix = self.prefix
        func embedding(_ name: String, _ count: Int) throws -> WeightMatrix {
            try weights.matrix(
                "\(prefix)embeddings.\(name)_embeddings.weight", rows: count,
                columns: configuration.hiddenSize)
        }
        tokens = try embedding("word", vocabularySize)
        positions = try embedding("position", maximumLength)
        segments = try embedding("token_type", segmentCount)
        normalization = try LayerNormalization(
            weights, prefix + "embeddings.LayerNorm", size: hiddenSize,
            epsilon: configuration.epsilon)
        let used = layerCount ?? configuration.layerCount
        guard (1...configuration.layerCount).contains(used) else {
            throw settings.wrong("num_hidden_layers", expected: "at least \(used)")
        }
        layers = try (0..<used).map { index in
            try Layer(weights, "\(prefix)encoder.layer.\(index).", configuration, precision)
        }
    }

    /// The last layer's state of every token. Texts may differ in length; all are of segment 0.
    package func encode(_ texts: [[Int]]) throws(TransformerError) -> HiddenStates {
        var hidden = try embed(texts, firstSegmentCounts: nil)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        var attention = Attention.Workspace(sequences, hiddenSize: hiddenSize)
        for layer in layers { layer.apply(to: &hidden, sequences, &attention) }
        return HiddenStates(matrix: hidden, sequences: sequences)
    }

    /// The last layer's state of each text's first token, texts × hidden size. What the other
    /// tokens would have become after the last layer's attention is not computed.
    /// - Parameter firstSegmentCounts: how many tokens of each text are of segment 0.
    func firstStates(
        of texts: [[Int]], firstSegmentCounts: [Int]
    ) throws(TransformerError) -> Matrix {
        var hidden = try embed(texts, firstSegmentCounts: firstSegmentCounts)
        let sequences = PackedSequences(lengths: texts.map(\.count))
        var attention = Attention.Workspace(sequences, hiddenSize: hiddenSize)
        for layer in layers.dropLast() { layer.apply(to: &hidden, sequences, &attention) }
        let firstRows = sequences.bounds.map(\.lowerBound)
        guard let last = layers.last else { return hidden.selecting(firstRows) }
        last.attention.gather(hidden, sequences, &attention)
        hidden = hidden.selecting(firstRows)
        last.finish(&hidden, attention.context.selecting(firstRows))
        return hidden
    }

    private func embed(
        _ texts: [[Int]], firstSegmentCounts: [Int]?
    ) throws(TransformerError) -> Matrix {
        try TokenEmbedding.check(
            texts, vocabularySize: vocabularySize, maximumLength: maximumLength)
        if let firstSegmentCounts, segments.rows < 2 {
            for (text, count) in zip(texts, firstSegmentCounts) where count < text.count {
                throw .oneSegment
            }
        }
        var hidden = TokenEmbedding.sum(tokens, positions, texts)  // tokens × hidden size
        TokenEmbedding.addSegments(
            segments, texts, firstSegmentCounts: firstSegmentCounts, to: &hidden)
        normalization.apply(to: &hidden)
        return hidden
    }

    /// One of the paper's L blocks.
    private struct Layer: Sendable {
        let attention: Attention
        let attentionNormalization: LayerNormalization
        let inner: Linear
        let activation: Activation
        let outer: Linear
        let outputNormalization: LayerNormalization

        init(
            _ weights: CheckpointWeights, _ prefix: String, _ configuration: EncoderConfiguration,
            _ precision: Precision
        ) throws {
            let size = configuration.hiddenSize
            attention = try Attention(
                weights,
                .init(
                    query: prefix + "attention.self.query", key: prefix + "attention.self.key",
                    value: prefix + "attention.self.value",
                    output: prefix + "attention.output.dense"),
                hiddenSize: size, headCount: configuration.headCount, isCausal: false,
                precision: precision)
            attentionNormalization = try LayerNormalization(
                weights, prefix + "attention.output.LayerNorm", size: size,
                epsilon: configuration.epsilon)
            inner = try Linear(
                weights, prefix + "intermediate.dense", inputs: size,
                outputs: configuration.innerSize, precision: precision)
            activation = configuration.activation
            outer = try Linear(
                weights, prefix + "output.dense", inputs: configuration.innerSize, outputs: size,
                precision: precision)
            outputNormalization = try LayerNormalization(
                weights, prefix + "output.LayerNorm", size: size, epsilon: configuration.epsilon)
        }

        func apply(
            to hidden: inout Matrix, _ sequences: PackedSequences,
            _ workspace: inout Attention.Workspace
        ) {
            attention.gather(hidden, sequences, &workspace)
            finish(&hidden, workspace.context)
        }

        /// The rest, token by token.
        func finish(_ hidden: inout Matrix, _ context: Matrix) {
            attention.add(context, to: &hidden)
            attentionNormalization.apply(to: &hidden)

            var between = inner(hidden)  // tokens × inner size
            activation.apply(to: &between)
            outer.add(of: between, to: &hidden)
            outputNormalization.apply(to: &hidden)
        }
    }
}
