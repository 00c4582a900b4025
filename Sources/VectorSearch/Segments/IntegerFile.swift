import CKernels

/// Whole numbers of 64 bits in a checked file that never changes: the identifiers of a part's
/// rows, or the bits of those that are deleted.
///
/// Header: `REELINTS`, format version 1 (32 bits), block size (32), count (64), 32 zero bytes,
/// CRC32C of the table, CRC32C of the header. Then the numbers, then the table.
struct IntegerFile: Sendable {
    struct Header: ChecksummedFileHeader {
        static let magic = Array("REELINTS".utf8)
        var blockSize = ChecksummedFileWriter.blockSize
        var count: Int
        var tableChecksum: UInt32 = 0
        var dataByteCount: Int { 8 * count }

        init(count: Int) { self.count = count }

        init(reading bytes: UnsafeRawBufferPointer, path: String) throws {
            let fields = try HeaderFields(
                bytes, magic: Self.magic, newestVersion: 1, path: path)
            _ = try fields.number("format version", at: 8, as: UInt32.self) { $0 == 1 }
            blockSize = try fields.number("block size", at: 12, as: UInt32.self) {
                SegmentHeader.blockSizes.contains($0) && $0.nonzeroBitCount == 1
            }
            count = Int(
                try fields.number("count", at: 16, as: UInt64.self) {
                    $0 <= UInt64(SegmentHeader.rowLimit)
                })
            for offset in stride(from: 24, to: 56, by: 8) {
                _ = try fields.number("reserved number", at: offset, as: UInt64.self) { $0 == 0 }
            }
            tableChecksum = try fields.number("checksum", at: 56, as: UInt32.self) { _ in true }
        }

        func encoded() -> [UInt8] {
            var bytes = Self.magic
            func append(_ value: some FixedWidthInteger) {
                withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
            }
            append(UInt32(1))
            append(blockSize)
            append(UInt64(count))
            for _ in 0..<4 { append(UInt64(0)) }
            append(tableChecksum)
            append(reel_crc32c(0, bytes, bytes.count))
            return bytes
        }
    }

    private let file: ChecksummedFile<Header>
    var count: Int { file.header.count }
    var path: String { file.path }
    var byteCount: Int { file.byteCount }

    init(path: String) throws { file = try ChecksummedFile(path: path) }

    subscript(place: Int) -> Int64 {
        precondition(place >= 0 && place < count, "The file has no such number.")
        return Int64(
            littleEndian: file.data.loadUnaligned(fromByteOffset: 8 * place, as: Int64.self))
    }

    /// All of them, after comparing them with their checksums.
    func numbers() throws -> [Int64] {
        try verify()
        return (0..<count).map { self[$0] }
    }

    func verify() throws {
        try file.requireWhole()
        if file.damagedBlock(in: 0..<file.header.dataByteCount) != nil {
            throw VectorSearchError.damagedContents(path: path, what: "numbers")
        }
    }

    func requireWhole() throws { try file.requireWhole() }

    static func write(_ numbers: [Int64], to path: String) throws {
        let writer = try ChecksummedFileWriter(path: path, headerByteCount: Header.byteCount)
        try writer.append(numbers.map(\.littleEndian))
        try writer.finish(Header(count: numbers.count))
    }
}
