import CKernels

/// Arithmetic on whole rows: normalisation, softmax, means.
package enum Rows {
    /// Layer normalisation (Ba, Kiros and Hinton 2016) of every row; `output` has input's shape.
    package static func normalize(
        _ input: Matrix, scale: WeightVector, shift: WeightVector, epsilon: Float,
        into output: inout Matrix
    ) {
        precondition(
            scale.count == input.columns && shift.count == input.columns
                && output.rows == input.rows && output.columns == input.columns,
            "Scale, shift and output must fit the input.")
        input.withUnsafeElements { input in
            normalize(input.baseAddress, scale, shift, epsilon, into: &output)
        }
    }

    /// The same in place.
    package static func normalize(
        _ matrix: inout Matrix, scale: WeightVector, shift: WeightVector, epsilon: Float
    ) {
        precondition(
            scale.count == matrix.columns && shift.count == matrix.columns,
            "Scale and shift must fit the matrix.")
        normalize(nil, scale, shift, epsilon, into: &matrix)
    }

    /// Without `input` the output's own rows are normalised.
    private static func normalize(
        _ input: UnsafePointer<Float>?, _ scale: WeightVector, _ shift: WeightVector,
        _ epsilon: Float, into output: inout Matrix
    ) {
        let (rows, columns) = (output.rows, output.columns)
        output.withUnsafeMutableElements { output in
            scale.withUnsafeElements { scale in
                shift.withUnsafeElements { shift in
                    reel_layer_norm(
                        input ?? UnsafePointer(output.baseAddress), scale.baseAddress,
                        shift.baseAddress, epsilon, output.baseAddress, rows, columns)
                }
            }
        }
    }

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
