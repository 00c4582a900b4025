package import Checkpoints
import Glibc
package import Tensors

/// BERT with a classification head: the first token's state through the pooler (a linear layer and
/// tanh) and a linear layer, one output a label (Devlin et al. 2018, §4.1). Cross-encoders are such
/// networks over a query and a passage (Nogueira and Cho 2019, "Passage Re-ranking with BERT").
package struct BERTSequenceClassifier: Sendable {
    package let labelCount: Int
    /// Tokens in a pair, special ones included.
    package var maximumLength: Int { encoder.maximumLength }
    private let encoder: BERTModel
    private let pooler: Linear
    private let head: Linear

    /// A checkpoint without the head is refused: one made at random would give scores too.
    package init(_ directory: ModelDirectory, adapter: LowRankAdapter? = nil) throws {
        let weights = try directory.weights(adaptedBy: adapter)
        encoder = try BERTModel(directory, weights: weights)
        let poolerName = encoder.prefix + "pooler.dense"
        for name in [Self.headName, poolerName] where !weights.contains(name + ".weight") {
            throw CheckpointError.missingHead(
                path: adapter?.path ?? directory.path, tensor: name + ".weight")
        }
        pooler = try Linear(
            weights, poolerName, inputs: encoder.hiddenSize, outputs: encoder.hiddenSize)
        let shape = try weights.shape(of: Self.headName + ".weight")
        labelCount = shape.first ?? 0
        head = try Linear(
            weights, Self.headName, inputs: encoder.hiddenSize, outputs: labelCount)
    }

    private static let headName = "classifier"

    /// Texts × labels, before any softmax.
    /// - Parameter firstSegmentCounts: how many tokens of each text are of segment 0.
    package func logits(
        of texts: [[Int]], firstSegmentCounts: [Int]
    ) throws(TransformerError) -> Matrix {
        let states = try encoder.firstStates(of: texts, firstSegmentCounts: firstSegmentCounts)
        var pooled = pooler(states)  // texts × hidden size
        pooled.withUnsafeMutableElements { elements in
            for place in elements.indices { elements[place] = tanhf(elements[place]) }
        }
        return head(pooled)
    }
}
