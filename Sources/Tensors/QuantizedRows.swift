import CKernels

/// Rows of a matrix as whole numbers with scales, for products with weights of the same precision.
/// Made once for all the layers that read the same input.
package struct QuantizedRows: Sendable {
    let rows: Int
    let columns: Int
    let codes: Codes

    enum Codes: Sendable {
        /// Rows × stride; a scale a row.
        case int16(AlignedMemory<Int16>, scales: AlignedMemory<Float>)
        /// Rows × stride; a scale and a zero point for each group of a row.
        case sevenBit(
            AlignedMemory<UInt8>, scales: AlignedMemory<Float>, zeros: AlignedMemory<Float>)
        /// Rows × stride; a scale and a shift for each group of a row.
        case eightBit(
            AlignedMemory<UInt8>, scales: AlignedMemory<Float>, shifts: AlignedMemory<Float>)
    }

    /// Nil for single precision, which reads the matrix itself.
    package init?(_ matrix: Matrix, _ precision: Precision) {
        let (rows, columns) = (matrix.rows, matrix.columns)
        (self.rows, self.columns) = (rows, columns)
        switch precision {
        case .fp32: return nil
        case .int16:
            let codes = AlignedMemory<Int16>(count: rows * reel_int16_stride(columns))
            let scales = AlignedMemory<Float>(count: rows)
            matrix.withUnsafeElements {
                reel_int16_rows($0.baseAddress, rows, columns, codes.start, scales.start)
            }
            self.codes = .int16(codes, scales: scales)
        case .int8 where Precision.hasEightBitProducts:
            let codes = AlignedMemory<UInt8>(count: rows * reel_eight_bit_stride(columns))
            let scales = AlignedMemory<Float>(count: rows * reel_eight_bit_groups(columns))
            let shifts = AlignedMemory<Float>(count: scales.count)
            matrix.withUnsafeElements {
                reel_eight_bit_rows(
                    $0.baseAddress, rows, columns, codes.start, scales.start, shifts.start)
            }
            self.codes = .eightBit(codes, scales: scales, shifts: shifts)
        case .int8:
            let codes = AlignedMemory<UInt8>(count: rows * reel_int8_stride(columns))
            let scales = AlignedMemory<Float>(count: rows * reel_int8_groups(columns))
            let zeros = AlignedMemory<Float>(count: rows * reel_int8_groups(columns))
            matrix.withUnsafeElements {
                reel_int8_rows(
                    $0.baseAddress, rows, columns, codes.start, scales.start, zeros.start)
            }
            self.codes = .sevenBit(codes, scales: scales, zeros: zeros)
        }
    }
}
