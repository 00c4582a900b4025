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
        fileprivate var scores: [Float]  // queries at once × longest

        fileprivate init(_ sequences: PackedSequences, hiddenSize: Int, scoreCount: Int) {
            func room() -> Matrix {
                Matrix.room(rows: sequences.rowCount, columns: hiddenSize)
            }
            query = room()
            key = room()
            value = room()
            context = room()
            scores = Array(repeating: 0, count: scoreCount)
        }

        /// Leaves only some rows of what was gathered.
        mutating func keep(_ rows: [Int]) { context = context.selecting(rows) }
    }

    func workspace(_ sequences: PackedSequences) -> Workspace {
        let counts = sequences.bounds.map { queriesAtOnce(of: $0.count) * $0.count }
        return Workspace(
            sequences, hiddenSize: query.outputs, scoreCount: counts.max() ?? 0)
    }

    /// Scores that stay in a core's cache until they are used; a text of thousands of tokens would
    /// need hundreds of megabytes for all of its own.
    private static let scoresAtOnce = 1 << 16

    /// How many of a sequence's tokens look at all others at a time.
    private func queriesAtOnce(of count: Int) -> Int {
        // Sequences that see only what came before are short: CLIP's texts.
        isCausal ? count : min(count, max(32, Self.scoresAtOnce / count))
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

        let (query, key, value) = (workspace.query, workspace.key, workspace.value)
        workspace.scores.withUnsafeMutableBufferPointer { scores in
            workspace.context.withUnsafeMutableElements { context in
                guard let scores = scores.baseAddress, let context = context.baseAddress else {
                    return
                }
                query.withBlock { query in
                    key.withBlock { key in
                        value.withBlock { value in
                            let all = Projections(query: query, key: key, value: value)
                            for rows in sequences.bounds {
                                for head in 0..<headCount {
                                    gather(
                                        head: head, of: rows, from: all, bias, scores, into: context
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// All tokens × hidden size, each.
    private struct Projections {
        var query: MatrixProduct.Block
        var key: MatrixProduct.Block
        var value: MatrixProduct.Block
    }

    /// softmax(Q Kᵀ / √d) V, equation 1, of one head of one sequence.
    /// - Parameters:
    ///   - scores: room for as many as are made at once.
    ///   - context: all tokens × hidden size.
    private func gather(
        head: Int, of rows: Range<Int>, from all: Projections, _ bias: PositionBias?,
        _ scores: UnsafeMutablePointer<Float>, into context: UnsafeMutablePointer<Float>
    ) {
        let width = all.query.columns
        let headWidth = width / headCount
        let column = head * headWidth
        let scale = 1 / Float(headWidth).squareRoot()
        let k = all.key.part(rows, column, headWidth)
        let v = all.value.part(rows, column, headWidth)
        let step = queriesAtOnce(of: rows.count)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let asking = start..<min(start + step, rows.upperBound)
            let q = all.query.part(asking, column, headWidth)
            MatrixProduct.multiply(
                q, byTransposed: k, scale: scale, into: scores, stride: rows.count)
            let places = asking.lowerBound - rows.lowerBound..<asking.upperBound - rows.lowerBound
            bias?.add(head: head, of: places, among: rows.count, to: scores)
            Rows.softmax(scores, rows: asking.count, columns: rows.count, causal: isCausal)
            let weights = MatrixProduct.Block(
                start: UnsafePointer(scores), rows: asking.count, columns: rows.count,
                stride: rows.count)
            MatrixProduct.multiply(
                weights, by: v, into: context + start * width + column, stride: width)
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
