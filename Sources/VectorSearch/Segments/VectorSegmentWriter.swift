import CKernels
import Glibc

/// Writes a segment row by row; `finish()` puts it in its place, whole and durable.
package final class VectorSegmentWriter {
    package let path: String
    package let dimension: Int
    package let element: VectorElement
    package let generation: UInt64
    /// Whether the rows are written again in eight bits, for a faster search: half the size of
    /// 16-bit rows more.
    package let hasSketch: Bool
    /// Rows so far.
    package private(set) var count = 0

    private let file: ChecksummedFileWriter
    private let width: Int
    private var sketches: [reel_row_sketch] = []

    /// - Parameter dimension: elements per row, 1…65 536.
    package init(
        path: String, dimension: Int, element: VectorElement, generation: UInt64,
        sketch: Bool = false
    ) throws {
        precondition(SegmentHeader.dimensions.contains(dimension), "A row has 1…65 536 elements.")
        self.path = path
        self.dimension = dimension
        self.element = element
        self.generation = generation
        hasSketch = sketch || element == .int8
        width = reel_sketch_width(dimension)
        file = try ChecksummedFileWriter(path: path, headerByteCount: SegmentHeader.byteCount)
    }

    /// Writes all rows at once.
    /// - Parameter rows: row-major, a multiple of the dimension.
    package static func write(
        path: String, dimension: Int, element: VectorElement, generation: UInt64,
        sketch: Bool = false, rows: [Float]
    ) throws {
        let writer = try VectorSegmentWriter(
            path: path, dimension: dimension, element: element, generation: generation,
            sketch: sketch)
        try writer.append(rows)
        try writer.finish()
    }

    // MARK: Rows

    /// - Parameter rows: row-major, a multiple of the dimension.
    package func append(_ rows: [Float]) throws {
        try rows.withUnsafeBufferPointer { try append($0) }
    }

    /// Appends rows, or none: a value that is not finite in the element's type is refused before
    /// anything is written.
    /// - Parameter rows: row-major, a multiple of the dimension.
    package func append(_ rows: UnsafeBufferPointer<Float>) throws {
        precondition(rows.count % dimension == 0, "Rows are whole.")
        // 65 520 and more would round to infinity in 16 bits.
        let limit: Float = element == .float16 ? 65_520 : .infinity
        try refuse(at: reel_first_beyond(rows.baseAddress, rows.count, limit), of: rows.count)
        try makeRoom(for: rows.count / dimension)
        switch element {
        case .float32: try file.append(UnsafeRawBufferPointer(rows))
        case .float16: try appendHalves(of: rows)
        case .int8: try appendSketch(of: rows)
        }
        count += rows.count / dimension
    }

    /// Copies stored rows without changing a bit, after comparing them with their checksums: a
    /// damaged row must not be given a fresh one.
    package func append(rows range: Range<Int>, of segment: VectorSegment) throws {
        precondition(
            segment.dimension == dimension && segment.element == element,
            "Rows are copied between segments of one kind.")
        try segment.verify(rows: range)
        try append(verifiedRows: range, of: segment)
    }

    /// The same for rows that have been compared with their checksums.
    func append(verifiedRows range: Range<Int>, of segment: VectorSegment) throws {
        try makeRoom(for: range.count)
        try withExtendedLifetime(segment) {
            if element == .int8, let sketch = segment.sketch {
                try file.append(
                    UnsafeRawBufferPointer(
                        start: sketch.codes + range.lowerBound * width, count: range.count * width))
                sketches += range.map { sketch.sketches[$0] }
            } else {
                try file.append(segment.rows(range))
            }
        }
        count += range.count
    }

    private func refuse(at index: Int, of valueCount: Int) throws {
        guard index < valueCount else { return }
        throw VectorSearchError.valueNotFinite(
            path: path, row: count + index / dimension, column: index % dimension)
    }

    private func makeRoom(for rowCount: Int) throws {
        guard rowCount <= SegmentHeader.rowLimit - count else {
            throw VectorSearchError.cannotWrite(path: path, errorNumber: EFBIG)
        }
    }

    private func appendHalves(of rows: UnsafeBufferPointer<Float>) throws {
        try withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4096) { halves in
            var start = 0
            while start < rows.count {
                let length = min(halves.count, rows.count - start)
                let piece = UnsafeBufferPointer(rebasing: rows[start..<start + length])
                reel_float_to_half(piece.baseAddress, halves.baseAddress, length)
                try file.append(
                    UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: halves[..<length])))
                start += length
            }
        }
    }

    // MARK: The sketch

    /// Rows sketched at a time: they stay in the cache.
    private var pieceRowCount: Int { max(1, (1 << 17) / width) }

    private func appendSketch(of rows: UnsafeBufferPointer<Float>) throws {
        guard let start = rows.baseAddress else { return }
        let rowCount = rows.count / dimension
        var codes = [Int8](repeating: 0, count: pieceRowCount * width)
        var found = [reel_row_sketch](repeating: reel_row_sketch(), count: pieceRowCount)
        for first in stride(from: 0, to: rowCount, by: pieceRowCount) {
            let taken = min(pieceRowCount, rowCount - first)
            reel_sketch_rows(start + first * dimension, taken, dimension, &codes, &found)
            if element == .int8 {
                // What is stored is what counts: nothing is left over.
                reel_sketch_measure(codes, taken, width, &found)
            }
            try codes.withUnsafeBytes {
                try file.append(UnsafeRawBufferPointer(rebasing: $0[..<(taken * width)]))
            }
            sketches += found[..<taken]
        }
    }

    /// Sketches the rows as they were written, rounding of their elements included.
    private func sketchWrittenRows() throws {
        let rowByteCount = element == .float16 ? 2 * dimension : 4 * dimension
        let rowCount = count
        try file.readBack { bytes in
            var rows = [Float](repeating: 0, count: pieceRowCount * dimension)
            for first in stride(from: 0, to: rowCount, by: pieceRowCount) {
                let taken = min(pieceRowCount, rowCount - first)
                let stored = UnsafeRawBufferPointer(
                    rebasing: bytes[first * rowByteCount..<(first + taken) * rowByteCount])
                if element == .float16 {
                    reel_half_to_float(stored.baseAddress, &rows, taken * dimension)
                } else {
                    rows.withUnsafeMutableBytes { $0.copyMemory(from: stored) }
                }
                try rows.withUnsafeBufferPointer {
                    try appendSketch(of: UnsafeBufferPointer(rebasing: $0[..<(taken * dimension)]))
                }
            }
        }
    }

    // MARK: The end

    /// Makes the segment durable and puts it in its place. The writer takes nothing more.
    /// - Returns: what `VectorSegment.contentChecksum` will say.
    @discardableResult
    package func finish() throws -> UInt32 {
        if hasSketch {
            if element != .int8 { try sketchWrittenRows() }
            try file.append(sketches)
        }
        return try file.finish(
            SegmentHeader(
                element: element, dimension: dimension, count: count, generation: generation,
                hasSketch: hasSketch))
    }
}
