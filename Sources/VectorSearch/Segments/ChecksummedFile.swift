import CKernels
import Glibc

/// The first 64 bytes of a file of ours. What follows them is data, then the CRC32C of each block
/// of data, and nothing more: every byte of the file is under a checksum.
protocol ChecksummedFileHeader: Sendable {
    /// Trusts nothing: the bytes may come from anywhere.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws
    /// With the checksum of all that comes before it as the last four bytes.
    func encoded() -> [UInt8]

    /// Bytes of data per checksum.
    var blockSize: UInt32 { get }
    var dataByteCount: Int { get }
    /// CRC32C of the table.
    var tableChecksum: UInt32 { get set }
}

extension ChecksummedFileHeader {
    static var byteCount: Int { 64 }  // also the alignment of the data
    var blockCount: Int { (dataByteCount + Int(blockSize) - 1) / Int(blockSize) }
    var tableOffset: Int { Self.byteCount + dataByteCount }
    var fileByteCount: Int { tableOffset + 4 * blockCount }
}

/// A file of ours, read where the system maps it.
///
/// Opening looks at the header, the file's size and the table of checksums: four bytes per
/// 256 KiB. `damagedBlock(in:)` reads the data.
///
/// A mapped file that another process makes shorter kills its reader (SIGBUS). So files are
/// immutable and named by generation: a new one is written beside the old and renamed into place,
/// and an old one is unlinked whole, which a reader survives. `requireWhole()`, asked before every
/// search, turns a file that was cut all the same into an error.
///
/// `@unchecked Sendable`: all properties are constants; the mapping is private and read-only,
/// nobody has a way to write it, and it is given back only in `deinit`, when no reference is
/// left.
final class ChecksummedFile<Header: ChecksummedFileHeader>: @unchecked Sendable {
    let path: String
    let header: Header
    private let mapping: UnsafeRawBufferPointer
    private let descriptor: Int32

    init(path: String) throws {
        let (mapping, descriptor) = try Self.map(path)
        do {
            header = try Self.checkedHeader(of: mapping, path: path)
        } catch {
            munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
            close(descriptor)
            throw error
        }
        // From here on `deinit` gives the mapping back: nothing may throw any more.
        self.path = path
        self.mapping = mapping
        self.descriptor = descriptor
    }

    private static func checkedHeader(
        of mapping: UnsafeRawBufferPointer, path: String
    ) throws -> Header {
        let header = try Header(reading: mapping, path: path)
        guard mapping.count == header.fileByteCount else {
            throw VectorSearchError.wrongSize(
                path: path, have: UInt64(mapping.count), need: UInt64(header.fileByteCount))
        }
        let table = UnsafeRawBufferPointer(rebasing: mapping[header.tableOffset...])
        guard reel_crc32c(0, table.baseAddress, table.count) == header.tableChecksum else {
            throw VectorSearchError.damagedChecksums(path: path)
        }
        return header
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
        close(descriptor)
    }

    private static func map(_ path: String) throws -> (UnsafeRawBufferPointer, Int32) {
        func failure(_ number: Int32) -> VectorSearchError {
            .cannotOpen(path: path, errorNumber: number)
        }
        // Without O_NONBLOCK a named pipe would wait for a writer for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        do {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw failure(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
            }
            let size = Int(status.st_size)
            guard size >= Header.byteCount else {
                throw VectorSearchError.wrongSize(
                    path: path, have: UInt64(size), need: UInt64(Header.byteCount))
            }
            guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
                start != MAP_FAILED
            else { throw failure(errno) }
            return (UnsafeRawBufferPointer(start: start, count: size), descriptor)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Bytes of the whole file.
    var byteCount: Int { mapping.count }

    /// The data; valid as long as the file.
    var data: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping[Header.byteCount..<header.tableOffset])
    }

    /// Refuses a file that has been cut since it was opened.
    func requireWhole() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw VectorSearchError.cannotOpen(path: path, errorNumber: errno)
        }
        guard status.st_size >= off_t(mapping.count) else {
            throw VectorSearchError.wrongSize(
                path: path, have: UInt64(max(0, status.st_size)), need: UInt64(mapping.count))
        }
    }

    /// Reads the blocks that hold these bytes of the data.
    /// - Returns: the bytes of the first block whose checksum does not fit.
    func damagedBlock(in range: Range<Int>) -> Range<Int>? {
        guard !range.isEmpty else { return nil }
        let blockSize = Int(header.blockSize)
        for block in range.lowerBound / blockSize...(range.upperBound - 1) / blockSize {
            let place = block * blockSize..<min((block + 1) * blockSize, header.dataByteCount)
            let bytes = UnsafeRawBufferPointer(rebasing: data[place])
            let expected = UInt32(
                littleEndian: mapping.loadUnaligned(
                    fromByteOffset: header.tableOffset + 4 * block, as: UInt32.self))
            guard reel_crc32c(0, bytes.baseAddress, bytes.count) == expected else { return place }
        }
        return nil
    }
}
