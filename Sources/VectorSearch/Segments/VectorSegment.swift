import CKernels
import Synchronization

/// Vectors in a file that never changes, read where the system maps it.
///
/// Opening looks at the header, the file's size and the table of checksums; `verify()` reads
/// everything.
package final class VectorSegment: Sendable {
    private let file: ChecksummedFile<SegmentHeader>
    private var header: SegmentHeader { file.header }
    /// Worked out when they are first asked for.
    private let knownCodeSums = Mutex<[Int32]?>(nil)
    /// By the metric's number.
    private let knownRowBounds = Mutex<[UInt32: RowBounds]>([:])

    package init(path: String) throws { file = try ChecksummedFile(path: path) }

    package var path: String { file.path }

    // MARK: What it holds

    package var element: VectorElement { header.element }
    /// Elements per row.
    package var dimension: Int { header.dimension }
    /// Rows.
    package var count: Int { header.count }
    package var generation: UInt64 { header.generation }
    /// Whether the rows are also there in eight bits, which a search reads first.
    package var hasSketch: Bool { header.hasSketch }
    /// Tells the content from any other: the checksum of all checksums.
    package var contentChecksum: UInt32 { header.tableChecksum }
    /// Bytes of the whole file.
    package var byteCount: Int { file.byteCount }

    /// Refuses a file that has been cut since it was opened; reading it would be fatal.
    package func requireWhole() throws { try file.requireWhole() }

    /// Bytes of a row outside the sketch; 0 where the sketch is all there is.
    var rowByteCount: Int { header.rowByteCount }

    /// The stored rows, row-major; empty for rows of whole numbers. The pointer is valid as long
    /// as the segment.
    func rows(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such rows.")
        let start = range.lowerBound * rowByteCount
        return UnsafeRawBufferPointer(
            rebasing: file.data[start..<start + range.count * rowByteCount])
    }

    /// The rows in eight bits, for reading them all; valid as long as the segment.
    var sketch: Sketch? {
        guard header.hasSketch, let start = file.data.baseAddress else { return nil }
        return Sketch(
            codes: (start + header.codesOffset).assumingMemoryBound(to: Int8.self),
            width: header.codeByteCount,
            sketches: (start + header.sketchesOffset).assumingMemoryBound(to: reel_row_sketch.self))
    }

    /// The sum of each row's codes, which products with many queries need: four bytes a row.
    func codeSums() -> [Int32] {
        knownCodeSums.withLock { known in
            if let known { return known }
            var sums = [Int32](repeating: 0, count: sketch == nil ? 0 : count)
            if let sketch { reel_code_sums(sketch.codes, count, sketch.width, &sums) }
            known = sums
            return sums
        }
    }

    /// What bounds need to know of each row for this metric: twenty bytes a row, kept like the sums.
    func rowBounds(_ metric: reel_metric) -> RowBounds {
        knownRowBounds.withLock { known in
            if let bounds = known[metric.rawValue] { return bounds }
            let bounds = RowBounds(of: self, metric)
            known[metric.rawValue] = bounds
            return bounds
        }
    }

    /// Pointers into the mapping.
    struct Sketch {
        /// count × width.
        let codes: UnsafePointer<Int8>
        let width: Int
        let sketches: UnsafePointer<reel_row_sketch>
    }

    /// The same and the vectors themselves, looked up once for many rows; valid as long as the
    /// segment.
    var stored: StoredRows {
        StoredRows(
            element: element, dimension: dimension, rowByteCount: rowByteCount,
            values: rowByteCount > 0 ? file.data.baseAddress : nil, sketch: sketch)
    }

    /// One row as 32-bit numbers.
    package func vector(_ row: Int) throws -> [Float] {
        guard row >= 0, row < count else {
            throw VectorSearchError.rowsNotInSegment(
                path: path, rows: row..<max(row, row &+ 1), count: count)
        }
        return [Float](unsafeUninitializedCapacity: dimension) { values, filled in
            if let start = values.baseAddress { copy(rows: row..<row + 1, to: start) }
            filled = dimension
        }
    }

    /// Rows as 32-bit numbers, row-major.
    package func copy(rows range: Range<Int>, to values: UnsafeMutablePointer<Float>) {
        let stored = rows(range)
        withExtendedLifetime(self) {
            switch element {
            case .float32:
                UnsafeMutableRawPointer(values).copyMemory(
                    from: stored.baseAddress ?? UnsafeRawPointer(values),
                    byteCount: stored.count)
            case .float16:
                reel_half_to_float(stored.baseAddress, values, range.count * dimension)
            case .int8:
                guard let sketch else { return }
                for (place, row) in range.enumerated() {
                    reel_sketch_to_float(
                        sketch.codes + row * sketch.width, sketch.sketches[row].scale, dimension,
                        values + place * dimension)
                }
            }
        }
    }

    // MARK: Checking

    /// Reads everything and compares it with its checksums.
    package func verify() throws {
        try file.requireWhole()
        try check(0..<header.dataByteCount)
    }

    /// Reads the blocks that hold these rows and compares them with their checksums.
    package func verify(rows range: Range<Int>) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such rows.")
        try file.requireWhole()
        try check(bytes(of: range, from: 0, each: rowByteCount))
        try check(bytes(of: range, from: header.codesOffset, each: header.codeByteCount))
        let size = header.hasSketch ? MemoryLayout<reel_row_sketch>.stride : 0
        try check(bytes(of: range, from: header.sketchesOffset, each: size))
    }

    /// Refuses rows that no search can compare with, though their checksums fit.
    package func requireFinite() throws {
        let step = max(1, (1 << 18) / dimension)
        var values = [Float](repeating: 0, count: step * dimension)
        for first in stride(from: 0, to: count, by: step) {
            let rows = first..<min(first + step, count)
            values.withUnsafeMutableBufferPointer { buffer in
                if let start = buffer.baseAddress { copy(rows: rows, to: start) }
            }
            let size = rows.count * dimension
            let place = reel_first_beyond(values, size, .infinity)
            guard place == size else {
                throw VectorSearchError.valueNotFinite(
                    path: path, row: first + place / dimension, column: place % dimension)
            }
        }
    }

    private func bytes(of rows: Range<Int>, from start: Int, each size: Int) -> Range<Int> {
        start + rows.lowerBound * size..<start + rows.upperBound * size
    }

    private func check(_ bytes: Range<Int>) throws {
        guard let damaged = file.damagedBlock(in: bytes) else { return }
        throw VectorSearchError.damagedRows(path: path, rows: rows(touching: damaged))
    }

    /// The rows some of whose bytes lie in a block, for the message.
    private func rows(touching block: Range<Int>) -> Range<Int> {
        let sections = [
            (0..<count * rowByteCount, rowByteCount),
            (header.codesOffset..<header.sketchesOffset, header.codeByteCount),
            (header.sketchesOffset..<header.dataByteCount, MemoryLayout<reel_row_sketch>.stride),
        ]
        for (bytes, size) in sections {
            let part = block.clamped(to: bytes)
            guard !part.isEmpty else { continue }
            let first = (part.lowerBound - bytes.lowerBound) / size
            return first..<(part.upperBound - bytes.lowerBound + size - 1) / size
        }
        return 0..<count
    }
}
