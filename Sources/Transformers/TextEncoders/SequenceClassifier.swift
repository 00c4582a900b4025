package import Checkpoints
package import Tensors

/// A text encoder with a classification head on the first token (Devlin et al. 2018, §4.1), one
/// output a label. Cross-encoders are such networks over a query and a passage (Nogueira and Cho
/// 2019, "Passage Re-ranking with BERT").
package struct SequenceClassifier: Sendable {
    package var labelCount: Int { head.labelCount }
    /// Tokens in a pair, special ones included.
    package var maximumLength: Int { encoder.maximumLength }
    private let encoder: TextEncoder
    private let head: ClassificationHead

    /// - Parameter precision: of the encoder's products.
    package init(
        _ directory: ModelDirectory, adapter: LowRankAdapter? = nil, precision: Precision = .fp32
    ) throws {
        let family = try TextEncoderFamily.of(directory)
        let weights = try directory.weights(adaptedBy: adapter)
        encoder = try TextEncoder(directory, weights: { weights }, precision: precision)
        head = try ClassificationHead(
            weights, family.head, encoderPrefix: encoder.prefix, hiddenSize: encoder.hiddenSize,
            path: adapter?.path ?? directory.path)
    }

    /// Texts × labels, before any softmax.
    /// - Parameter firstSegmentCounts: how many tokens of each text are of segment 0; families
    ///   without segments do not look at it.
    package func logits(
        of texts: [[Int]], firstSegmentCounts: [Int]
    ) throws(TransformerError) -> Matrix {
        head.logits(
            of: try encoder.firstStates(of: texts, firstSegmentCounts: firstSegmentCounts))
    }
}
