import CKernels
import Glibc

/// Writes a segment row by row, and puts it in place only when it is whole and on the disk.
///
/// Rows go to `<path>.partial`; `finish()` writes the checksums and the header, flushes the file,
/// renames it and flushes the folder. A writer that is let go before that removes its file; one
/// that is killed leaves a `.partial`, which the next writer of the same path replaces.
package final class VectorSegmentWriter {
    package let path: String
    package let dimension: Int
    package let element: VectorElement
    package let generation: UInt64
    /// Rows so far.
    package private(set) var count = 0

    private let partialPath: String
    private var descriptor: Int32
    private let blockSize = Int(SegmentHeader.defaultBlockSize)
    /// Bytes of the block that is being filled.
    private var block: [UInt8] = []
    /// CRC32C of each block written, little-endian.
    private var table: [UInt8] = []

    /// - Parameter dimension: elements per row, 1…65 536.
    package init(
        path: String, dimension: Int, element: VectorElement, generation: UInt64
    ) throws {
        precondition(SegmentHeader.dimensions.contains(dimension), "A row has 1…65 536 elements.")
        self.path = path
        self.dimension = dimension
        self.element = element
        self.generation = generation
        partialPath = path + ".partial"
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw VectorSearchError.cannotWrite(path: partialPath, errorNumber: errno)
        }
        block.reserveCapacity(blockSize)
        do {
            // The real header comes last: until then the file has no magic and cannot be opened.
            try [UInt8](repeating: 0, count: SegmentHeader.byteCount).withUnsafeBytes(write)
        } catch {
            abandon()
            throw error
        }
    }

    deinit { abandon() }

    private func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(partialPath)
    }

    /// Writes all rows at once.
    /// - Parameter rows: row-major, a multiple of the dimension.
    package static func write(
        path: String, dimension: Int, element: VectorElement, generation: UInt64, rows: [Float]
    ) throws {
        let writer = try VectorSegmentWriter(
            path: path, dimension: dimension, element: element, generation: generation)
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
        case .float32: try append(bytes: UnsafeRawBufferPointer(rows))
        case .float16: try appendHalves(of: rows)
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
        try makeRoom(for: range.count)
        try withExtendedLifetime(segment) { try append(bytes: segment.rows(range)) }
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
                try append(
                    bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: halves[..<length])))
                start += length
            }
        }
    }

    // MARK: Bytes

    private func append(bytes: UnsafeRawBufferPointer) throws {
        precondition(descriptor >= 0, "The segment is finished, or a write has failed.")
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = rest.prefix(blockSize - block.count)
            block += taken
            rest = rest[taken.endIndex...]
            if block.count == blockSize { try endBlock() }
        }
    }

    private func endBlock() throws {
        let checksum = reel_crc32c(0, block, block.count)
        withUnsafeBytes(of: checksum.littleEndian) { table += $0 }
        try block.withUnsafeBytes(write)
        block.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, start, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw failed()
            }
            rest = rest.dropFirst(written)
        }
    }

    /// After a failed write or flush nothing of the file can be relied on.
    private func failed() -> VectorSearchError {
        let number = errno
        abandon()
        return .cannotWrite(path: path, errorNumber: number)
    }

    // MARK: The end

    /// Makes the segment durable and puts it in its place. The writer takes nothing more.
    package func finish() throws {
        precondition(descriptor >= 0, "The segment is finished, or a write has failed.")
        if !block.isEmpty { try endBlock() }
        try table.withUnsafeBytes(write)
        let header = SegmentHeader(
            element: element, dimension: dimension, count: count, generation: generation,
            tableChecksum: reel_crc32c(0, table, table.count))
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failed() }
        try header.encoded().withUnsafeBytes(write)
        guard fsync(descriptor) == 0 else { throw failed() }
        guard rename(partialPath, path) == 0 else { throw failed() }
        close(descriptor)
        descriptor = -1
        try Self.flushFolder(of: path)
    }

    /// A rename lasts only once its folder is on the disk.
    private static func flushFolder(of path: String) throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw VectorSearchError.cannotWrite(path: folder, errorNumber: errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw VectorSearchError.cannotWrite(path: folder, errorNumber: errno)
        }
    }
}
