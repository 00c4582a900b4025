import CKernels

/// How a stored number is spelled. The raw value is in the file.
package enum VectorElement: UInt32, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32 = 1
    /// IEEE 754 binary16: half the bytes to read, and for unit vectors about three digits.
    case float16 = 2
    /// Whole numbers −127…127 and a factor a row: a quarter of the bytes, about two digits.
    case int8 = 3
}

/// The first 64 bytes of a segment, and the layout of all of it:
///
/// | bytes | holds |
/// |---|---|
/// | 0..<8 | `REELVECT` |
/// | 8..<12 | format version, 1 or, with a sketch, 2 |
/// | 12..<16 | element: 1 binary32, 2 binary16, 3 whole numbers (version 2 only) |
/// | 16..<20 | dimension, elements per row, 1…65 536 |
/// | 20..<24 | block, bytes of data per checksum, a power of two, 4 KiB…16 MiB |
/// | 24..<32 | count, rows, below 2³² |
/// | 32..<40 | generation |
/// | 40..<44 | sketch: 0 none, 1 eight bits a number (version 2 only) |
/// | 44..<56 | zero |
/// | 56..<60 | CRC32C of the table |
/// | 60..<64 | CRC32C of bytes 0..<60 |
/// | 64… | rows of binary32 or binary16, row-major, without gaps |
/// | | with a sketch: zeros up to a whole block of data; the rows again in whole numbers of |
/// | | eight bits, each filled up with zeros to a multiple of 64; then for each row three |
/// | | binary32: factor, length of what rounding left, length of the row |
/// | then | table: CRC32C of each block of data, the last one shorter |
///
/// Rows of whole numbers are their own sketch. All numbers are little-endian. There is nothing
/// after the table, so every byte is under a checksum. Later versions keep the places of the
/// magic, the version and the header's checksum.
struct SegmentHeader: Equatable, ChecksummedFileHeader {
    static let magic = Array("REELVECT".utf8)
    static let newestVersion: UInt32 = 2
    static let dimensions = 1...65_536
    static let blockSizes: ClosedRange<UInt32> = 1 << 12...1 << 24
    /// A row's number has 32 bits.
    static let rowLimit = Int(UInt32.max)

    var element: VectorElement
    var dimension: Int
    var blockSize = ChecksummedFileWriter.blockSize
    var count: Int
    var generation: UInt64
    var hasSketch: Bool
    var tableChecksum: UInt32 = 0

    var version: UInt32 { hasSketch ? 2 : 1 }

    // None of these overflows: dimension, count and element are bounded by `init(reading:)`.
    /// Bytes of a row outside the sketch.
    var rowByteCount: Int {
        switch element {
        case .float32: 4 * dimension
        case .float16: 2 * dimension
        case .int8: 0
        }
    }
    /// Bytes of a row of the sketch.
    var codeByteCount: Int { hasSketch ? reel_sketch_width(dimension) : 0 }
    var codesOffset: Int {
        hasSketch ? (count * rowByteCount).roundedUp(to: Int(blockSize)) : count * rowByteCount
    }
    var sketchesOffset: Int { codesOffset + count * codeByteCount }
    var dataByteCount: Int {
        sketchesOffset + (hasSketch ? count * MemoryLayout<reel_row_sketch>.stride : 0)
    }

    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        append(version)
        append(element.rawValue)
        append(UInt32(dimension))
        append(blockSize)
        append(UInt64(count))
        append(generation)
        append(UInt32(hasSketch ? 1 : 0))
        append(UInt32(0))
        append(UInt64(0))
        append(tableChecksum)
        append(reel_crc32c(0, bytes, bytes.count))
        return bytes
    }

    init(
        element: VectorElement, dimension: Int, count: Int, generation: UInt64, hasSketch: Bool
    ) {
        precondition(hasSketch || element != .int8, "Whole numbers are a sketch.")
        self.element = element
        self.dimension = dimension
        self.count = count
        self.generation = generation
        self.hasSketch = hasSketch
    }

    /// Trusts nothing: the bytes may come from anywhere.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws {
        let fields = try HeaderFields(
            bytes, magic: Self.magic, newestVersion: Self.newestVersion, path: path)
        let version = try fields.number("format version", at: 8, as: UInt32.self) { $0 >= 1 }
        let elementCode = try fields.number("element type", at: 12, as: UInt32.self) {
            VectorElement(rawValue: $0) != nil
                && (version == 2 || $0 != VectorElement.int8.rawValue)
        }
        element = VectorElement(rawValue: elementCode) ?? .float32
        // Version 2 differs by its sketch, so it has one.
        let sketchName = version == 1 ? "reserved number" : "sketch"
        _ = try fields.number(sketchName, at: 40, as: UInt32.self) { $0 == version - 1 }
        hasSketch = version == 2
        dimension = Int(
            try fields.number("dimension", at: 16, as: UInt32.self) {
                Self.dimensions.contains(Int($0))
            })
        blockSize = try fields.number("block size", at: 20, as: UInt32.self) {
            Self.blockSizes.contains($0) && $0.nonzeroBitCount == 1
        }
        count = Int(
            try fields.number("count", at: 24, as: UInt64.self) {
                $0 <= UInt64(Self.rowLimit)
            })
        generation = try fields.number("generation", at: 32, as: UInt64.self) { _ in true }
        for offset in [44, 48, 52] {
            _ = try fields.number("reserved number", at: offset, as: UInt32.self) { $0 == 0 }
        }
        tableChecksum = try fields.number("checksum", at: 56, as: UInt32.self) { _ in true }
    }
}

/// Reads the numbers of a header, once its magic, checksum and version have been found right.
struct HeaderFields {
    private let bytes: UnsafeRawBufferPointer
    private let path: String

    init(
        _ bytes: UnsafeRawBufferPointer, magic: [UInt8], newestVersion: UInt32, path: String
    ) throws {
        guard bytes.count >= 64 else {
            throw VectorSearchError.wrongSize(path: path, have: UInt64(bytes.count), need: 64)
        }
        guard bytes.prefix(8).elementsEqual(magic) else {
            throw VectorSearchError.notASegment(path: path)
        }
        self.bytes = bytes
        self.path = path
        guard value(at: 60, as: UInt32.self) == reel_crc32c(0, bytes.baseAddress, 60) else {
            throw VectorSearchError.damagedHeader(path: path)
        }
        let version = value(at: 8, as: UInt32.self)
        guard version <= newestVersion else {
            throw VectorSearchError.newerVersion(
                path: path, found: version, supported: newestVersion)
        }
    }

    private func value<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
        Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    func number<Value: FixedWidthInteger>(
        _ name: String, at offset: Int, as type: Value.Type, valid: (Value) -> Bool
    ) throws -> Value {
        let value = value(at: offset, as: type)
        guard valid(value) else {
            throw VectorSearchError.badHeader(path: path, field: name, value: UInt64(value))
        }
        return value
    }
}
