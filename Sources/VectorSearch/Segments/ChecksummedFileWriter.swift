import CKernels
import Glibc

/// Writes a file of ours from front to back, and puts it in place only when it is whole and on the
/// disk.
///
/// Bytes go to `<path>.partial`; `finish` writes the checksums and the header, flushes the file,
/// renames it and flushes the folder. A writer that is let go before that removes its file; one
/// that is killed leaves a `.partial`, which the next writer of the same path replaces.
final class ChecksummedFileWriter {
    static var blockSize: UInt32 { 1 << 18 }  // bytes

    let path: String
    let partialPath: String
    /// Bytes of data so far.
    private(set) var byteCount = 0

    private(set) var descriptor: Int32
    private let blockSize = Int(ChecksummedFileWriter.blockSize)
    private let headerByteCount: Int
    /// Bytes of the block that is being filled.
    private var block: [UInt8] = []
    /// CRC32C of each block written, little-endian.
    private var table: [UInt8] = []

    init(path: String, headerByteCount: Int) throws {
        self.path = path
        self.headerByteCount = headerByteCount
        partialPath = path + ".partial"
        descriptor = open(partialPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw VectorSearchError.cannotWrite(path: partialPath, errorNumber: errno)
        }
        block.reserveCapacity(blockSize)
        // The real header comes last: until then the file has no magic and cannot be opened.
        try [UInt8](repeating: 0, count: headerByteCount).withUnsafeBytes(write)
    }

    deinit { abandon() }

    private func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(partialPath)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        precondition(descriptor >= 0, "The file is finished, or a write has failed.")
        var rest = bytes[...]
        while !rest.isEmpty {
            if block.isEmpty, rest.count >= blockSize {
                // Whole blocks need no copy.
                let whole = UnsafeRawBufferPointer(rebasing: rest.prefix(blockSize))
                try endBlock(whole)
                rest = rest.dropFirst(blockSize)
                continue
            }
            let taken = rest.prefix(blockSize - block.count)
            block += taken
            rest = rest[taken.endIndex...]
            if block.count == blockSize { try endFilledBlock() }
        }
        byteCount += bytes.count
    }

    func append<Element: BitwiseCopyable>(_ values: [Element]) throws {
        try values.withUnsafeBytes { try append($0) }
    }

    /// Fills up with zeros to a multiple of 64 bytes.
    func align() throws {
        try append([UInt8](repeating: 0, count: byteCount.roundedUp(to: 64) - byteCount))
    }

    private func endFilledBlock() throws {
        try block.withUnsafeBytes { try endBlock($0) }
        block.removeAll(keepingCapacity: true)
    }

    private func endBlock(_ bytes: UnsafeRawBufferPointer) throws {
        let checksum = reel_crc32c(0, bytes.baseAddress, bytes.count)
        withUnsafeBytes(of: checksum.littleEndian) { table += $0 }
        try write(bytes)
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

    /// Fills up the current block with zeros and reads back all that was appended.
    func readBack<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if !block.isEmpty { try append([UInt8](repeating: 0, count: blockSize - block.count)) }
        let written = headerByteCount + byteCount
        guard let start = mmap(nil, written, PROT_READ, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else { throw failed() }
        defer { munmap(start, written) }
        return try body(
            UnsafeRawBufferPointer(start: start + headerByteCount, count: byteCount))
    }

    /// Makes the file durable and puts it in its place. The writer takes nothing more.
    /// - Returns: the checksum of the table of checksums.
    @discardableResult
    func finish(_ header: some ChecksummedFileHeader) throws -> UInt32 {
        precondition(descriptor >= 0, "The file is finished, or a write has failed.")
        precondition(header.dataByteCount == byteCount, "The header describes the data.")
        if !block.isEmpty { try endFilledBlock() }
        try table.withUnsafeBytes(write)
        var header = header
        header.tableChecksum = reel_crc32c(0, table, table.count)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failed() }
        try header.encoded().withUnsafeBytes(write)
        guard fsync(descriptor) == 0 else { throw failed() }
        guard rename(partialPath, path) == 0 else { throw failed() }
        close(descriptor)
        descriptor = -1
        try Self.flushFolder(of: path)
        return header.tableChecksum
    }

    /// A rename lasts only once its folder is on the disk.
    static func flushFolder(of path: String) throws {
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

extension Int {
    /// The next multiple of a positive step.
    func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
