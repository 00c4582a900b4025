import Checkpoints
import Tensors

/// Multi-head attention of each sequence to itself (Vaswani et al. 2017).
struct Attention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let headCount: Int
    /// Whether a token sees only itself and those before it.
    private let isCausal: Bool

    /// Where a checkpoint keeps the four layers.
    struct Names: Sendable {
        var query: String
        var key: String
        var value: String
        var output: String

        func behind(_ prefix: String) -> Names {
            Names(
                query: prefix + query, key: prefix + key, value: prefix + value,
                output: prefix + output)
        }
    }

    init(
        _ weights: CheckpointWeights, _ names: Names, hiddenSize: Int, headCount: Int,
        isCausal: Bool, precision: Precision
    ) throws {
        func linear(_ name: String) throws -> Linear {
            try Linear(weights, name, inputs: hiddenSize, outputs: hiddenSize, precision: precision)
        }
        query = try linear(names.query)
        key = try linear(names.key)
        value = try linear(names.value)
        output = try linear(names.output)
        self.headCount = headCount
        self.isCausal = isCausal
    }

    /// Room for one batch, made once and used by every layer.
    struct Workspace {
        fileprivate var query: Matrix  // tokens × hidden size
        fileprivate var key: Matrix
        fileprivate var value: Matrix
        fileprivate(set) var context: Matrix
        fileprivate var scores: [Float]  // longest × longest

        init(_ sequences: PackedSequences, hiddenSize: Int) {
            query = Matrix.room(rows: sequences.rowCount, columns: hiddenSize)
            key = query
            value = query
            context = query
            scores = Array(repeating: 0, count: sequences.longest * sequences.longest)
        }
    }

    /// What each token gathers, tokens × hidden size, into `workspace.context`.
    /// - Parameter bias: added to the scores before their softmax.
    func gather(
        _ input: Matrix, _ sequences: PackedSequences, _ bias: PositionBias? = nil,
        _ workspace: inout Workspace
    ) {
        let quantized = QuantizedRows(input, query.precision)
        query.apply(to: input, quantized, into: &workspace.query)
        key.apply(to: input, quantized, into: &workspace.key)
        value.apply(to: input, quantized, into: &workspace.value)

        let width = input.columns
        let headWidth = width / headCount
        let scale = 1 / Float(headWidth).squareRoot()
        let (query, key, value) = (workspace.query, workspace.key, workspace.value)
        workspace.scores.withUnsafeMutableBufferPointer { scores in
            workspace.context.withUnsafeMutableElements { context in
                guard let scores = scores.baseAddress, let context = context.baseAddress else {
                    return
                }
                query.withBlock { query in
                    key.withBlock { key in
                        value.withBlock { value in
                            for rows in sequences.bounds {
                                for head in 0..<headCount {
                                    let column = head * headWidth
                                    let q = query.part(rows, column, headWidth)
                                    let k = key.part(rows, column, headWidth)
                                    let v = value.part(rows, column, headWidth)
                                    // softmax(Q Kᵀ / √d) V, equation 1.
                                    MatrixProduct.multiply(
                                        q, byTransposed: k, scale: scale, into: scores,
                                        stride: rows.count)
                                    bias?.add(head: head, to: scores, count: rows.count)
                                    Rows.softmax(
                                        scores, rows: rows.count, columns: rows.count,
                                        causal: isCausal)
                                    let weights = MatrixProduct.Block(
                                        start: UnsafePointer(scores), rows: rows.count,
                                        columns: rows.count, stride: rows.count)
                                    MatrixProduct.multiply(
                                        weights, by: v,
                                        into: context + rows.lowerBound * width + column,
                                        stride: width)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// hidden += what was gathered, through the output layer.
    func add(_ context: Matrix, to hidden: inout Matrix) {
        output.add(of: context, to: &hidden)
    }
}

extension MatrixProduct.Block {
    /// Some rows of `width` neighbouring columns.
    fileprivate func part(
        _ rows: Range<Int>, _ column: Int, _ width: Int
    ) -> MatrixProduct.Block {
        MatrixProduct.Block(
            start: start + rows.lowerBound * stride + column, rows: rows.count, columns: width,
            stride: stride)
    }
}
