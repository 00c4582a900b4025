import CKernels
internal import COpenBLAS

/// Products of matrices through OpenBLAS.
package enum MatrixProduct {
    /// A rectangle inside memory that somebody else keeps alive: `stride` floats from row to row.
    package struct Block {
        package var start: UnsafePointer<Float>
        package var rows: Int
        package var columns: Int
        package var stride: Int

        package init(start: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int) {
            self.start = start
            self.rows = rows
            self.columns = columns
            self.stride = stride
        }
    }

    /// output = scale · left · rightᵀ; `output` is left.rows × right.rows.
    package static func multiply(
        _ left: Block, byTransposed right: Block, scale: Float = 1,
        into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        precondition(left.columns == right.columns, "Rows of both sides must be equally long.")
        product(
            left, right, transposeRight: true, outputColumns: right.rows, scale: scale, keep: 0,
            output, stride)
    }

    /// output = left · right; `output` is left.rows × right.columns.
    package static func multiply(
        _ left: Block, by right: Block, into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        precondition(left.columns == right.rows, "The inner sides must be equally long.")
        product(
            left, right, transposeRight: false, outputColumns: right.columns, scale: 1, keep: 0,
            output, stride)
    }

    /// left · rightᵀ, left.rows × right.rows.
    package static func multiply(_ left: Matrix, byTransposed right: Matrix) -> Matrix {
        left.withBlock { left in
            right.withBlock { right in
                Matrix(rows: left.rows, columns: right.rows) { output in
                    guard let start = output.baseAddress else { return }
                    multiply(left, byTransposed: right, into: start, stride: right.rows)
                }
            }
        }
    }

    /// output = input · weightsᵀ + bias: a linear layer. Rows stand for tokens.
    package static func apply(
        _ weights: WeightMatrix, bias: WeightVector?, to input: Matrix, into output: inout Matrix
    ) {
        precondition(
            output.rows == input.rows && output.columns == weights.rows,
            "The output must be tokens × outputs.")
        fillRows(of: &output, with: bias)
        accumulate(weights, input, &output)
    }

    /// output += input · weightsᵀ + bias: a linear layer on a residual stream.
    package static func add(
        _ weights: WeightMatrix, bias: WeightVector?, of input: Matrix, to output: inout Matrix
    ) {
        precondition(
            output.rows == input.rows && output.columns == weights.rows,
            "The output must be tokens × outputs.")
        addToRows(of: &output, bias)
        accumulate(weights, input, &output)
    }

    /// Up to here, OpenBLAS spends more on rearranging the weights than on multiplying: a query of
    /// 4 tokens takes it 2–3 times as long, one of 16 1.2–1.7 times, 32 are equal.
    private static let fewRows = 24

    private static func accumulate(
        _ weights: WeightMatrix, _ input: Matrix, _ output: inout Matrix
    ) {
        precondition(input.columns == weights.columns, "Each token must fit the layer's inputs.")
        let stride = output.columns
        input.withBlock { input in
            weights.withBlock { weights in
                output.withUnsafeMutableElements { output in
                    guard let output = output.baseAddress else { return }
                    guard input.rows <= fewRows else {
                        return product(
                            input, weights, transposeRight: true, outputColumns: weights.rows,
                            scale: 1, keep: 1, output, stride)
                    }
                    // One query has no batch to spread over the workers; its outputs are. Unsafe
                    // only by type: all workers read, each writes columns of its own, and the
                    // memory is held until `split` has waited for them.
                    nonisolated(unsafe) let (input, weights, to) = (input, weights, output)
                    Parallelism.split(weights.rows, atLeast: 128) { outputs in
                        reel_few_rows_product(
                            input.start, input.rows, input.columns,
                            weights.start + outputs.lowerBound * weights.stride, outputs.count,
                            nil, 1, to + outputs.lowerBound, stride)
                    }
                }
            }
        }
    }

    /// The bias goes in first and the product is added on top: one pass less over the output.
    private static func fillRows(of output: inout Matrix, with bias: WeightVector?) {
        guard let bias else {
            return output.withUnsafeMutableElements { $0.update(repeating: 0) }
        }
        precondition(bias.count == output.columns, "One bias for each output.")
        let columns = output.columns
        bias.withUnsafeElements { bias in
            output.withUnsafeMutableElements { output in
                for row in stride(from: 0, to: output.count, by: columns) {
                    _ = UnsafeMutableBufferPointer(rebasing: output[row..<row + columns])
                        .update(from: bias)
                }
            }
        }
    }

    private static func addToRows(of output: inout Matrix, _ bias: WeightVector?) {
        guard let bias else { return }
        precondition(bias.count == output.columns, "One bias for each output.")
        let (rows, columns) = (output.rows, output.columns)
        bias.withUnsafeElements { bias in
            output.withUnsafeMutableElements { output in
                for row in 0..<rows {
                    cblas_saxpy(
                        Int32(columns), 1, bias.baseAddress, 1,
                        output.baseAddress.map { $0 + row * columns }, 1)
                }
            }
        }
    }

    /// output = scale · left · right(ᵀ) + keep · output. With `keep` 0 the output is not read.
    private static func product(
        _ left: Block, _ right: Block, transposeRight: Bool, outputColumns: Int, scale: Float,
        keep: Float, _ output: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        guard left.rows > 0, outputColumns > 0 else { return }
        guard
            let m = Int32(exactly: left.rows), let n = Int32(exactly: outputColumns),
            let k = Int32(exactly: left.columns), let leftStride = Int32(exactly: left.stride),
            let rightStride = Int32(exactly: right.stride),
            let outputStride = Int32(exactly: stride)
        else { preconditionFailure("OpenBLAS takes sides below 2³¹.") }
        // M, N, K and the leading dimensions as BLAS names them.
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposeRight ? CblasTrans : CblasNoTrans, m, n, k,
            scale, left.start, leftStride, right.start, rightStride, keep, output, outputStride)
    }
}

extension Matrix {
    package func withBlock<Result>(
        _ body: (MatrixProduct.Block) throws -> Result
    ) rethrows -> Result {
        try withUnsafeElements { elements in
            guard let start = elements.baseAddress else {
                preconditionFailure("An array always has an address.")
            }
            return try body(.init(start: start, rows: rows, columns: columns, stride: columns))
        }
    }
}

extension WeightMatrix {
    package func withBlock<Result>(
        _ body: (MatrixProduct.Block) throws -> Result
    ) rethrows -> Result {
        try withUnsafeElements { elements in
            guard let start = elements.baseAddress else {
                preconditionFailure("Weights always have an address.")
            }
            return try body(.init(start: start, rows: rows, columns: columns, stride: columns))
        }
    }
}
