import CKernels

/// How a stored number is spelled. The raw value is in the file.
package enum VectorElement: UInt32, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32 = 1
    /// IEEE 754 binary16: half the bytes to read, and for unit vectors about three digits.
    case float16 = 2

    package var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// The first 64 bytes of a segment, and the layout of all of it:
///
/// | bytes | holds |
/// |---|---|
/// | 0..<8 | `REELVECT` |
/// | 8..<12 | format version, 1 |
/// | 12..<16 | element: 1 binary32, 2 binary16 |
/// | 16..<20 | dimension, elements per row, 1…65 536 |
/// | 20..<24 | block, bytes of data per checksum, a power of two, 4 KiB…16 MiB |
/// | 24..<32 | count, rows, below 2³² |
/// | 32..<40 | generation |
/// | 40..<56 | zero |
/// | 56..<60 | CRC32C of the table |
/// | 60..<64 | CRC32C of bytes 0..<60 |
/// | 64… | rows, row-major, without gaps |
/// | then | table: CRC32C of each block of data, the last one shorter |
///
/// All numbers are little-endian. There is nothing after the table, so every byte is under a
/// checksum. Later versions keep the places of the magic, the version and the header's checksum.
struct SegmentHeader: Equatable {
    static let byteCount = 64  // also the alignment of the data
    static let magic = Array("REELVECT".utf8)
    static let version: UInt32 = 1
    static let defaultBlockSize: UInt32 = 1 << 18  // bytes
    static let dimensions = 1...65_536
    static let blockSizes: ClosedRange<UInt32> = 1 << 12...1 << 24
    /// A row's number has 32 bits.
    static let rowLimit = Int(UInt32.max)

    var element: VectorElement
    var dimension: Int
    var blockSize: UInt32 = defaultBlockSize
    var count: Int
    var generation: UInt64
    var tableChecksum: UInt32

    // None of these overflows: dimension, count and element are bounded by `init(reading:)`.
    var rowByteCount: Int { dimension * element.byteCount }
    var dataByteCount: Int { count * rowByteCount }
    var blockCount: Int { (dataByteCount + Int(blockSize) - 1) / Int(blockSize) }
    var tableOffset: Int { Self.byteCount + dataByteCount }
    var fileByteCount: Int { tableOffset + 4 * blockCount }

    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        append(Self.version)
        append(element.rawValue)
        append(UInt32(dimension))
        append(blockSize)
        append(UInt64(count))
        append(generation)
        append(UInt64(0))
        append(UInt64(0))
        append(tableChecksum)
        append(reel_crc32c(0, bytes, bytes.count))
        return bytes
    }

    init(
        element: VectorElement, dimension: Int, count: Int, generation: UInt64,
        tableChecksum: UInt32 = 0
    ) {
        self.element = element
        self.dimension = dimension
        self.count = count
        self.generation = generation
        self.tableChecksum = tableChecksum
    }

    /// Trusts nothing: the bytes may come from anywhere.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws {
        func number<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard bytes.count >= Self.byteCount else {
            throw VectorSearchError.wrongSize(
                path: path, have: UInt64(bytes.count), need: UInt64(Self.byteCount))
        }
        guard bytes.prefix(8).elementsEqual(Self.magic) else {
            throw VectorSearchError.notASegment(path: path)
        }
        guard number(at: 60, as: UInt32.self) == reel_crc32c(0, bytes.baseAddress, 60) else {
            throw VectorSearchError.damagedHeader(path: path)
        }
        let version = number(at: 8, as: UInt32.self)
        guard version <= Self.version else {
            throw VectorSearchError.newerVersion(
                path: path, found: version, supported: Self.version)
        }
        func field<Value: FixedWidthInteger>(
            _ name: String, at offset: Int, as type: Value.Type, valid: (Value) -> Bool
        ) throws -> Value {
            let value = number(at: offset, as: type)
            guard valid(value) else {
                throw VectorSearchError.badHeader(path: path, field: name, value: UInt64(value))
            }
            return value
        }
        _ = try field("format version", at: 8, as: UInt32.self) { $0 == Self.version }
        let elementCode = try field("element type", at: 12, as: UInt32.self) {
            VectorElement(rawValue: $0) != nil
        }
        element = VectorElement(rawValue: elementCode) ?? .float32
        dimension = Int(
            try field("dimension", at: 16, as: UInt32.self) {
                Self.dimensions.contains(Int($0))
            })
        blockSize = try field("block size", at: 20, as: UInt32.self) {
            Self.blockSizes.contains($0) && $0.nonzeroBitCount == 1
        }
        count = Int(try field("count", at: 24, as: UInt64.self) { $0 <= UInt64(Self.rowLimit) })
        generation = number(at: 32, as: UInt64.self)
        for offset in [40, 48] {
            _ = try field("reserved number", at: offset, as: UInt64.self) { $0 == 0 }
        }
        tableChecksum = number(at: 56, as: UInt32.self)
    }
}
