import CKernels

/// Arithmetic on whole rows: normalisation, softmax, means.
package enum Rows {
    /// Layer normalisation (Ba, Kiros and Hinton 2016) of every row; `output` has input's shape.
    package static func normalize(
        _ input: Matrix, scale: WeightVector, shift: WeightVector, epsilon: Float,
        into output: inout Matrix
    ) {
        precondition(
            output.rows == input.rows && output.columns == input.columns,
            "The output must fit the input.")
        input.withBlock { input in
            output.withUnsafeMutableElements { output in
                guard let output = output.baseAddress else { return }
                normalize(input, scale: scale, shift: shift, epsilon: epsilon, into: output)
            }
        }
    }

    /// The same in place.
    package static func normalize(
        _ matrix: inout Matrix, scale: WeightVector, shift: WeightVector, epsilon: Float
    ) {
        let (rows, columns) = (matrix.rows, matrix.columns)
        matrix.withUnsafeMutableElements { elements in
            guard let start = elements.baseAddress else { return }
            normalize(
                .init(start: start, rows: rows, columns: columns, stride: columns), scale: scale,
                shift: shift, epsilon: epsilon, into: start)
        }
    }

    /// The same for rows that lie end to end.
    /// - Parameter output: of input's shape; may be the same.
    package static func normalize(
        _ input: MatrixProduct.Block, scale: WeightVector, shift: WeightVector, epsilon: Float,
        into output: UnsafeMutablePointer<Float>
    ) {
        let columns = input.columns
        precondition(
            scale.count == columns && shift.count == columns && input.stride == columns,
            "Scale and shift must fit the rows, which lie end to end.")
        scale.withUnsafeElements { scale in
            shift.withUnsafeElements { shift in
                // Unsafe only by type: each worker writes rows of its own.
                nonisolated(unsafe) let (from, to, scale, shift) = (
                    input.start, output, scale.baseAddress, shift.baseAddress
                )
                Parallelism.split(input.rows, atLeast: max(1, leastWork / max(1, columns))) {
                    let start = $0.lowerBound * columns
                    reel_layer_norm(
                        from + start, scale, shift, epsilon, to + start, $0.count, columns)
                }
            }
        }
    }

    /// Numbers that another worker is worth its call for.
    private static let leastWork = 1 << 14

    /// Softmax of each of `rows` rows in place. When causal, row r sees columns 0…r only.
    package static func softmax(
        _ scores: UnsafeMutablePointer<Float>, rows: Int, columns: Int, causal: Bool
    ) {
        reel_softmax(scores, rows, columns, causal ? 1 : 0)
    }

    /// Brings every row to Euclidean length 1 and returns the lengths before, one a row. A row of
    /// zeros stays zero; a length that is not finite tells of a broken row.
    @discardableResult
    package static func makeUnitLength(_ matrix: inout Matrix) -> [Float] {
        let (rows, columns) = (matrix.rows, matrix.columns)
        return [Float](unsafeUninitializedCapacity: rows) { lengths, count in
            matrix.withUnsafeMutableElements { elements in
                reel_unit_length(elements.baseAddress, rows, columns, lengths.baseAddress)
            }
            count = rows
        }
    }

    /// The mean of some neighbouring rows, written to `mean`, which has as many floats as columns.
    package static func mean(
        of rows: Range<Int>, in matrix: Matrix, into mean: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= matrix.rows, "No such rows.")
        precondition(mean.count == matrix.columns, "One mean for each column.")
        matrix.withUnsafeElements { elements in
            guard let start = elements.baseAddress else { return }
            reel_mean_of_rows(
                start + rows.lowerBound * matrix.columns, rows.count, matrix.columns,
                mean.baseAddress)
        }
    }
}
