import CKernels

/// What a linear layer reads: rows of numbers, and the same as whole numbers with scales where the
/// layer's precision wants them. Made once for all the layers that read the same rows.
package struct LayerInput {
    let block: MatrixProduct.Block
    let quantized: QuantizedRows?

    /// - Parameter block: without gaps between its rows; somebody keeps its memory alive.
    package init(_ block: MatrixProduct.Block, _ precision: Precision) {
        precondition(block.stride == block.columns, "Rows lie end to end.")
        self.block = block
        quantized = QuantizedRows(block, precision)
    }
}

/// Rows of a matrix as whole numbers with scales, for products with weights of the same precision.
struct QuantizedRows {
    let codes: Codes
    private let memory: ScratchMemory<UInt8>

    enum Codes {
        case int16(Int16Codes)
        case sevenBit(SevenBitCodes)
        case eightBit(EightBitCodes)
    }

    /// Pointers into the memory of the rows they belong to.
    struct Int16Codes {
        let codes: UnsafePointer<Int16>  // rows × stride
        let scales: UnsafePointer<Float>  // rows
    }
    struct SevenBitCodes {
        let codes: UnsafePointer<UInt8>  // rows × stride
        let scales: UnsafePointer<Float>  // rows × groups
        let zeros: UnsafePointer<Float>
    }
    struct EightBitCodes {
        let codes: UnsafePointer<UInt8>  // rows × stride
        let scales: UnsafePointer<Float>  // rows × groups
        let shifts: UnsafePointer<Float>
    }

    /// Nil for single precision, which reads the rows themselves.
    init?(_ block: MatrixProduct.Block, _ precision: Precision) {
        let (rows, columns) = (block.rows, block.columns)
        let shape = Shape(precision, columns: columns)
        guard let shape else { return nil }
        let notesStart = rows * shape.bytesPerRow + 63 & ~63
        let noteCount = rows * shape.groups
        memory = ScratchMemory(
            count: notesStart + 2 * noteCount * MemoryLayout<Float>.stride)
        let start = UnsafeMutableRawPointer(memory.start)
        let first = (start + notesStart).bindMemory(to: Float.self, capacity: 2 * noteCount)
        let second = first + noteCount
        // Unsafe only by type: each worker writes rows of its own.
        nonisolated(unsafe) let (input, firsts, seconds) = (block.start, first, second)
        switch shape.kind {
        case .int16:
            nonisolated(unsafe) let codes = start.bindMemory(
                to: Int16.self, capacity: rows * shape.bytesPerRow / 2)
            Parallelism.split(rows, atLeast: Self.leastRows(columns)) { part in
                let row = part.lowerBound
                reel_int16_rows(
                    input + row * columns, part.count, columns,
                    codes + row * reel_int16_stride(columns), firsts + row)
            }
            self.codes = .int16(Int16Codes(codes: codes, scales: first))
        case .sevenBit:
            nonisolated(unsafe) let codes = memory.start
            Parallelism.split(rows, atLeast: Self.leastRows(columns)) { part in
                let row = part.lowerBound
                reel_int8_rows(
                    input + row * columns, part.count, columns, codes + row * shape.bytesPerRow,
                    firsts + row * shape.groups, seconds + row * shape.groups)
            }
            self.codes = .sevenBit(SevenBitCodes(codes: codes, scales: first, zeros: second))
        case .eightBit:
            nonisolated(unsafe) let codes = memory.start
            Parallelism.split(rows, atLeast: Self.leastRows(columns)) { part in
                let row = part.lowerBound
                reel_eight_bit_rows(
                    input + row * columns, part.count, columns, codes + row * shape.bytesPerRow,
                    firsts + row * shape.groups, seconds + row * shape.groups)
            }
            self.codes = .eightBit(EightBitCodes(codes: codes, scales: first, shifts: second))
        }
    }

    /// Rows for which another worker is worth its call.
    private static func leastRows(_ columns: Int) -> Int { max(1, (1 << 14) / max(1, columns)) }

    /// How rows of some precision are laid out.
    private struct Shape: Sendable {
        enum Kind { case int16, sevenBit, eightBit }
        let kind: Kind
        let bytesPerRow: Int
        /// Scales of a row.
        let groups: Int

        init?(_ precision: Precision, columns: Int) {
            switch precision {
            case .fp32: return nil
            case .int16:
                (kind, groups) = (.int16, 1)
                bytesPerRow = reel_int16_stride(columns) * MemoryLayout<Int16>.stride
            case .int8 where Precision.hasEightBitProducts:
                (kind, groups) = (.eightBit, reel_eight_bit_groups(columns))
                bytesPerRow = reel_eight_bit_stride(columns)
            case .int8:
                (kind, groups) = (.sevenBit, reel_int8_groups(columns))
                bytesPerRow = reel_int8_stride(columns)
            }
        }
    }
}
