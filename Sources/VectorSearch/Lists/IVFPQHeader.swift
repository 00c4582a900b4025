import CKernels

/// The first 64 bytes of a file of lists and codes, and the layout of all of it:
///
/// | bytes | holds |
/// |---|---|
/// | 0..<8 | `REELIVPQ` |
/// | 8..<12 | format version, 1 |
/// | 12..<16 | metric: 0 inner product, 1 cosine, 2 Euclidean |
/// | 16..<20 | dimension, 1…65 536 |
/// | 20..<24 | block, bytes of data per checksum, a power of two, 4 KiB…16 MiB |
/// | 24..<32 | count, rows, below 2³² |
/// | 32..<40 | generation |
/// | 40..<44 | lists, 1…2²⁴ |
/// | 44..<46 | parts a vector is cut into, 1…dimension |
/// | 46 | bits of a code, 4 or 8 |
/// | 47 | zero |
/// | 48..<52 | blocks of 32 rows in all lists; 0 with codes of 8 bits |
/// | 52..<56 | zero |
/// | 56..<60 | CRC32C of the table |
/// | 60..<64 | CRC32C of bytes 0..<60 |
/// | 64… | centres of lists, lists × dimension binary32 |
/// | | centres of parts, parts × elements of a part × codes binary32 |
/// | | first row of each list and, last, the count, 64 bits each |
/// | | 16 binary32: mean squared length of what the centres leave over, then zeros |
/// | | 32 × (recall, shortlist, lists to look into, cost) binary32, unused ones zero |
/// | | codes, list by list |
/// | then | table: CRC32C of each block of data |
///
/// Each section begins at a multiple of 64. Codes of 4 bits lie in blocks of 32 rows (PQScan.h),
/// those of 8 bits row by row. Row r of the codes is row r of the segment of vectors beside it.
struct IVFPQHeader: Equatable, ChecksummedFileHeader {
    static let magic = Array("REELIVPQ".utf8)
    static let version: UInt32 = 1
    static let listLimit = 1 << 24
    static let pointLimit = 32
    static let statisticCount = 16

    var metric: VectorMetric
    var dimension: Int
    var blockSize = ChecksummedFileWriter.blockSize
    var count: Int
    var generation: UInt64
    var listCount: Int
    var partCount: Int
    var bits: Int
    var codeBlockCount: Int
    var tableChecksum: UInt32 = 0

    // Bounded by `init(reading:)`: 2²⁴ lists of 2¹⁶ floats, or 2³² rows of 2¹⁶ codes.
    var partSize: Int { ProductQuantizer.partSize(dimension: dimension, partCount: partCount) }
    var listCentres: Range<Int> { 0..<4 * listCount * dimension }
    var partCentres: Range<Int> {
        section(after: listCentres, 4 * partCount * partSize << bits)
    }
    var rowStarts: Range<Int> { section(after: partCentres, 8 * (listCount + 1)) }
    var statistics: Range<Int> { section(after: rowStarts, 4 * Self.statisticCount) }
    var points: Range<Int> { section(after: statistics, 16 * Self.pointLimit) }
    var codes: Range<Int> {
        section(
            after: points,
            bits == 4 ? codeBlockCount * reel_code_block_size(partCount) : count * partCount)
    }
    var dataByteCount: Int { codes.upperBound }

    private func section(after previous: Range<Int>, _ size: Int) -> Range<Int> {
        let start = previous.upperBound.roundedUp(to: 64)
        return start..<start + size
    }

    func encoded() -> [UInt8] {
        var bytes = Self.magic
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        append(Self.version)
        append(metric.rawValue)
        append(UInt32(dimension))
        append(blockSize)
        append(UInt64(count))
        append(generation)
        append(UInt32(listCount))
        append(UInt16(partCount))
        append(UInt8(bits))
        append(UInt8(0))
        append(UInt32(codeBlockCount))
        append(UInt32(0))
        append(tableChecksum)
        append(reel_crc32c(0, bytes, bytes.count))
        return bytes
    }
}

extension IVFPQHeader {
    /// Trusts nothing: the bytes may come from anywhere.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws {
        let fields = try HeaderFields(
            bytes, magic: Self.magic, newestVersion: Self.version, path: path)
        _ = try fields.number("format version", at: 8, as: UInt32.self) { $0 == 1 }
        let code = try fields.number("metric", at: 12, as: UInt32.self) {
            VectorMetric(rawValue: $0) != nil
        }
        metric = VectorMetric(rawValue: code) ?? .innerProduct
        dimension = Int(
            try fields.number("dimension", at: 16, as: UInt32.self) {
                SegmentHeader.dimensions.contains(Int($0))
            })
        blockSize = try fields.number("block size", at: 20, as: UInt32.self) {
            SegmentHeader.blockSizes.contains($0) && $0.nonzeroBitCount == 1
        }
        let rows = try fields.number("count", at: 24, as: UInt64.self) {
            $0 <= UInt64(SegmentHeader.rowLimit)
        }
        count = Int(rows)
        generation = try fields.number("generation", at: 32, as: UInt64.self) { _ in true }
        listCount = Int(
            try fields.number("number of lists", at: 40, as: UInt32.self) {
                (1...UInt32(Self.listLimit)).contains($0)
            })
        let longest = dimension
        partCount = Int(
            try fields.number("number of parts", at: 44, as: UInt16.self) {
                (1...longest).contains(Int($0))
            })
        bits = Int(try fields.number("code size", at: 46, as: UInt8.self) { $0 == 4 || $0 == 8 })
        _ = try fields.number("reserved number", at: 47, as: UInt8.self) { $0 == 0 }
        let isPacked = bits == 4
        // Every list adds at most one block that is not full.
        let mostBlocks = UInt64(count / 32 + listCount)
        codeBlockCount = Int(
            try fields.number("number of blocks", at: 48, as: UInt32.self) {
                isPacked ? UInt64($0) * 32 >= rows && UInt64($0) <= mostBlocks : $0 == 0
            })
        _ = try fields.number("reserved number", at: 52, as: UInt32.self) { $0 == 0 }
        tableChecksum = try fields.number("checksum", at: 56, as: UInt32.self) { _ in true }
    }
}
