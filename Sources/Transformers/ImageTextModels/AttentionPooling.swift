import Checkpoints
import Tensors

/// One state a sequence, gathered by a learned query (Lee et al. 2019, "Set Transformer", section
/// 3.2) and taken through a feed-forward network.
///
/// The query is the same for all images, so neither keys nor values of single tokens are made. A
/// head's score of a token x is q · (K x + k) / √d: up to a constant that the softmax drops, the
/// product of x with Kᵀ q / √d, which is known at loading. What the head gathers, Σ w (V x + v) with
/// weights w that sum to 1, is V (Σ w x) + v.
struct AttentionPooling: Sendable {
    let hiddenSize: Int
    private let headCount: Int
    private let scorer: Matrix  // heads × hidden size: Kᵀ q / √d of each head
    private let value: WeightMatrix  // hidden size × hidden size
    private let valueBias: WeightVector
    private let output: Linear
    private let normalization: LayerNormalization
    private let feedForward: FeedForward

    /// - Parameter prefix: of the pooling's tensors, as of PyTorch's `MultiheadAttention`.
    init(
        _ weights: CheckpointWeights, prefix: String, _ configuration: EncoderConfiguration
    ) throws {
        let size = configuration.hiddenSize
        hiddenSize = size
        headCount = configuration.headCount
        let probe = try weights.matrix(
            prefix + "probe", rows: 1, columns: size, shape: [1, 1, size])
        // Query, key and value, one below the other.
        let stacked = try weights.matrix(
            prefix + "attention.in_proj_weight", rows: 3 * size, columns: size)
        let biases = try weights.vector(prefix + "attention.in_proj_bias", count: 3 * size)
        scorer = Self.scorer(
            probe, query: stacked.rows(0..<size), queryBias: biases.elements(0..<size),
            key: stacked.rows(size..<2 * size), headCount: headCount)
        value = stacked.rows(2 * size..<3 * size)
        valueBias = biases.elements(2 * size..<3 * size)
        output = try Linear(
            weights, prefix + "attention.out_proj", inputs: size, outputs: size)
        normalization = try LayerNormalization(
            weights, prefix + "layernorm", size: size, epsilon: configuration.epsilon)
        feedForward = try FeedForward(
            weights, inner: prefix + "mlp.fc1", outer: prefix + "mlp.fc2", configuration,
            precision: .fp32)
    }

    private static func scorer(
        _ probe: WeightMatrix, query: WeightMatrix, queryBias: WeightVector, key: WeightMatrix,
        headCount: Int
    ) -> Matrix {
        let size = query.rows
        let headWidth = size / headCount
        var asked = Matrix.room(rows: 1, columns: size)
        let probe = probe.withUnsafeElements {
            Matrix(rows: 1, columns: size, elements: Array($0))
        }
        MatrixProduct.apply(query, bias: queryBias, to: probe, into: &asked)
        let scale = 1 / Float(headWidth).squareRoot()
        asked.withUnsafeMutableElements { elements in
            for place in elements.indices { elements[place] *= scale }
        }
        return asked.withBlock { asked in
            key.withBlock { key in
                Matrix(rows: headCount, columns: size) { output in
                    guard let output = output.baseAddress else { return }
                    for head in 0..<headCount {
                        let first = head * headWidth
                        MatrixProduct.multiply(
                            .init(
                                start: asked.start + first, rows: 1, columns: headWidth,
                                stride: size),
                            by: .init(
                                start: key.start + first * size, rows: headWidth, columns: size,
                                stride: size),
                            into: output + head * size, stride: size)
                    }
                }
            }
        }
    }

    /// Sequences × hidden size.
    func pooled(_ states: Matrix, _ sequences: PackedSequences) -> Matrix {
        var hidden = output(gathered(averages(states, sequences)))
        var normalized = Matrix.room(rows: hidden.rows, columns: hidden.columns)
        normalization.apply(to: hidden, into: &normalized)
        normalized.withBlock { normalized in
            hidden.withUnsafeMutableElements { hidden in
                guard let hidden = hidden.baseAddress else { return }
                feedForward.add(normalized, to: hidden)
            }
        }
        return hidden
    }

    /// (Sequences × heads) × hidden size: each head's weighted mean of a sequence's states.
    private func averages(_ states: Matrix, _ sequences: PackedSequences) -> Matrix {
        let width = hiddenSize
        return states.withBlock { states in
            scorer.withBlock { scorer in
                Matrix(rows: sequences.count * headCount, columns: width) { output in
                    guard let output = output.baseAddress else { return }
                    var weights = [Float](repeating: 0, count: headCount * sequences.longest)
                    weights.withUnsafeMutableBufferPointer { weights in
                        guard let weights = weights.baseAddress else { return }
                        for (index, rows) in sequences.bounds.enumerated() {
                            let own = MatrixProduct.Block(
                                start: states.start + rows.lowerBound * width, rows: rows.count,
                                columns: width, stride: width)
                            MatrixProduct.multiply(
                                scorer, byTransposed: own, into: weights, stride: rows.count)
                            Rows.softmax(
                                weights, rows: headCount, columns: rows.count, causal: false)
                            MatrixProduct.multiply(
                                .init(
                                    start: UnsafePointer(weights), rows: headCount,
                                    columns: rows.count, stride: rows.count),
                                by: own, into: output + index * headCount * width, stride: width)
                        }
                    }
                }
            }
        }
    }

    /// Sequences × hidden size: every head's values, side by side.
    private func gathered(_ averages: Matrix) -> Matrix {
        let (width, headWidth) = (hiddenSize, hiddenSize / headCount)
        let count = averages.rows / headCount
        return averages.withBlock { averages in
            value.withBlock { value in
                valueBias.withUnsafeElements { bias in
                    Matrix(rows: count, columns: width) { output in
                        guard let start = output.baseAddress else { return }
                        for head in 0..<headCount {
                            MatrixProduct.multiply(
                                .init(
                                    start: averages.start + head * width, rows: count,
                                    columns: width, stride: headCount * width),
                                byTransposed: .init(
                                    start: value.start + head * headWidth * width,
                                    rows: headWidth, columns: width, stride: width),
                                into: start + head * headWidth, stride: width)
                        }
                        for place in output.indices { output[place] += bias[place % width] }
                    }
                }
            }
        }
    }
}
