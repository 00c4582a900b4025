import CKernels
import Glibc

/// Vectors in a file that never changes, read where the system maps it.
///
/// Opening looks at the header, the file's size and the table of checksums: a few bytes per
/// 256 KiB of vectors. `verify()` reads everything.
///
/// A mapped file that another process makes shorter kills its reader (SIGBUS), and no check can
/// prevent it. So segments are immutable and named by generation: a new one is written beside
/// the old and renamed into place, and an old one is unlinked whole, which a reader survives.
///
/// `@unchecked Sendable`: all properties are constants; the mapping is private and read-only,
/// nobody has a way to write it, and it is given back only in `deinit`, when no reference is
/// left.
package final class VectorSegment: @unchecked Sendable {
    package let path: String
    private let header: SegmentHeader
    private let mapping: UnsafeRawBufferPointer

    package init(path: String) throws {
        self.path = path
        mapping = try Self.map(path)
        do {
            header = try SegmentHeader(reading: mapping, path: path)
        } catch {
            // Once the header stands as well, all is initialised and `deinit` does this.
            munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
            throw error
        }
        guard mapping.count == header.fileByteCount else {
            throw VectorSearchError.wrongSize(
                path: path, have: UInt64(mapping.count), need: UInt64(header.fileByteCount))
        }
        let table = UnsafeRawBufferPointer(rebasing: mapping[header.tableOffset...])
        guard reel_crc32c(0, table.baseAddress, table.count) == header.tableChecksum else {
            throw VectorSearchError.damagedChecksums(path: path)
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count) }

    private static func map(_ path: String) throws -> UnsafeRawBufferPointer {
        func failure(_ number: Int32) -> VectorSearchError {
            .cannotOpen(path: path, errorNumber: number)
        }
        // Without O_NONBLOCK a named pipe would wait for a writer for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        let size = Int(status.st_size)
        guard size >= SegmentHeader.byteCount else {
            throw VectorSearchError.wrongSize(
                path: path, have: UInt64(size), need: UInt64(SegmentHeader.byteCount))
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw failure(errno) }
        return UnsafeRawBufferPointer(start: start, count: size)
    }

    // MARK: What it holds

    package var element: VectorElement { header.element }
    /// Elements per row.
    package var dimension: Int { header.dimension }
    /// Rows.
    package var count: Int { header.count }
    package var generation: UInt64 { header.generation }
    /// Bytes of the whole file.
    package var byteCount: Int { mapping.count }

    /// Bytes of a row.
    var rowByteCount: Int { header.rowByteCount }

    /// The stored rows, row-major. The pointer is valid as long as the segment.
    func rows(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such rows.")
        let start = SegmentHeader.byteCount + range.lowerBound * rowByteCount
        return UnsafeRawBufferPointer(
            rebasing: mapping[start..<start + range.count * rowByteCount])
    }

    /// One row as 32-bit numbers.
    package func vector(_ row: Int) throws -> [Float] {
        guard row >= 0, row < count else {
            throw VectorSearchError.rowsNotInSegment(
                path: path, rows: row..<max(row, row &+ 1), count: count)
        }
        let stored = rows(row..<row + 1)
        return withExtendedLifetime(self) {
            [Float](unsafeUninitializedCapacity: dimension) { values, filled in
                switch element {
                case .float32: UnsafeMutableRawBufferPointer(values).copyMemory(from: stored)
                case .float16:
                    reel_half_to_float(stored.baseAddress, values.baseAddress, dimension)
                }
                filled = dimension
            }
        }
    }

    // MARK: Checking

    /// Reads everything and compares it with its checksums.
    package func verify() throws { try verify(rows: 0..<count) }

    /// Reads the blocks that hold these rows and compares them with their checksums.
    package func verify(rows range: Range<Int>) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such rows.")
        guard !range.isEmpty else { return }
        let blockSize = Int(header.blockSize)
        let first = range.lowerBound * rowByteCount / blockSize
        let last = (range.upperBound * rowByteCount - 1) / blockSize
        for block in first...last {
            let start = block * blockSize
            let end = min(start + blockSize, header.dataByteCount)
            let bytes = UnsafeRawBufferPointer(
                rebasing: mapping[SegmentHeader.byteCount + start..<SegmentHeader.byteCount + end])
            let expected = UInt32(
                littleEndian: mapping.loadUnaligned(
                    fromByteOffset: header.tableOffset + 4 * block, as: UInt32.self))
            guard reel_crc32c(0, bytes.baseAddress, bytes.count) == expected else {
                let rows = start / rowByteCount..<(end + rowByteCount - 1) / rowByteCount
                throw VectorSearchError.damagedRows(path: path, rows: rows)
            }
        }
    }
}
