import CKernels
import Corpus

/// What ranking and filters need to know of the passages of a segment, apart from their words:
/// lengths, sources and whose they are, for a stretch of rows without gaps.
struct SegmentDirectory {
    var firstRow: Int64
    /// In words; 65 535 is "or more". 0 in places of rows that are gone, too.
    var lengths: [UInt16] = []
    /// As `PassageSource.code`, with `machineFlag` when a machine made the passage and says how sure
    /// it is; `goneCode` where there is no passage.
    var sources: [UInt8] = []
    /// Ascending by row.
    var owners: [PassageOwner] = []

    static let goneCode: UInt8 = 0
    private static let machineFlag: UInt8 = 0x80

    static func code(_ passage: Passage) -> UInt8 {
        passage.source.code | (passage.confidence == nil ? 0 : machineFlag)
    }

    static func sourceCode(_ code: UInt8) -> UInt8 { code & ~machineFlag }
    static func source(_ code: UInt8) -> PassageSource? { PassageSource.byCode[sourceCode(code)] }
    static func isMachineMade(_ code: UInt8) -> Bool { code & machineFlag != 0 }

    var count: Int { lengths.count }
    var endRow: Int64 { firstRow + Int64(count) }
    var liveCount: Int { sources.reduce(0) { $0 + ($1 == Self.goneCode ? 0 : 1) } }

    init(firstRow: Int64) { self.firstRow = firstRow }

    /// - Parameter row: at or behind the end; what lies between is gone.
    mutating func append(
        _ passage: Passage, row: Int64, asset: AssetID, ordinal: Int, length: Int
    ) {
        fill(upTo: row)
        lengths.append(UInt16(clamping: length))
        sources.append(Self.code(passage))
        if let last = owners.last, last.asset == asset, last.endRow == row,
            last.firstOrdinal + last.count == ordinal
        {
            owners[owners.count - 1].count += 1
        } else {
            owners.append(
                PassageOwner(firstRow: row, asset: asset, firstOrdinal: ordinal, count: 1))
        }
    }

    private mutating func fill(upTo row: Int64) {
        let gap = Int(row - endRow)
        guard gap > 0 else { return }
        lengths.append(contentsOf: repeatElement(0, count: gap))
        sources.append(contentsOf: repeatElement(Self.goneCode, count: gap))
    }

    /// Adds the next segment's, whose rows lie behind.
    mutating func append(_ next: SegmentDirectory) {
        fill(upTo: next.firstRow)
        lengths += next.lengths
        sources += next.sources
        owners += next.owners
    }

    mutating func remove(_ row: Int64) {
        guard row >= firstRow, row < endRow else { return }
        lengths[Int(row - firstRow)] = 0
        sources[Int(row - firstRow)] = Self.goneCode
    }

    // MARK: Bytes

    /// lengths, sources, owners (asset, first row, first ordinal, count: 8 bytes each), and the
    /// CRC-32C of the first row and all of that. Little-endian.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * count + 32 * owners.count + 4)
        lengths.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes += sources
        for owner in owners {
            for number in [
                owner.asset.value, owner.firstRow, Int64(owner.firstOrdinal), Int64(owner.count),
            ] {
                withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        let checksum = bytes.withUnsafeBytes { Self.checksum(firstRow: firstRow, $0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private static func checksum(firstRow: Int64, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let start = withUnsafeBytes(of: firstRow.littleEndian) {
            reel_crc32c(0, $0.baseAddress, $0.count)
        }
        return reel_crc32c(start, bytes.baseAddress, bytes.count)
    }

    /// - Returns: nil when the bytes are not such a directory.
    init?(firstRow: Int64, count: Int64, bytes: UnsafeRawBufferPointer) {
        guard firstRow >= 0, firstRow < 1 << 47, count > 0, count <= bytes.count / 3,
            bytes.count >= 4, (bytes.count - 4 - 3 * Int(count)) % 32 == 0
        else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)])
        let stored = bytes.loadUnaligned(fromByteOffset: body.count, as: UInt32.self)
        guard body.count >= 3 * Int(count),
            UInt32(littleEndian: stored) == Self.checksum(firstRow: firstRow, body)
        else { return nil }
        self.firstRow = firstRow
        let count = Int(count)
        lengths = [UInt16](unsafeUninitializedCapacity: count) { room, written in
            UnsafeMutableRawBufferPointer(room).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: body[..<(2 * count)]))
            written = count
        }
        sources = [UInt8](body[2 * count..<3 * count])
        owners.reserveCapacity((body.count - 3 * count) / 32)
        for start in stride(from: 3 * count, to: body.count, by: 32) {
            func number(_ place: Int) -> Int64 {
                Int64(
                    littleEndian: body.loadUnaligned(
                        fromByteOffset: start + 8 * place, as: Int64.self))
            }
            let (asset, row, ordinal, rows) = (number(0), number(1), number(2), number(3))
            guard asset >= 0, row >= firstRow, rows > 0, rows <= Int64(count),
                row <= firstRow + Int64(count) - rows
            else { return nil }
            owners.append(
                PassageOwner(
                    firstRow: row, asset: AssetID(value: asset), firstOrdinal: Int(ordinal),
                    count: Int(rows)))
        }
    }
}

/// Neighbouring rows of one asset with neighbouring numbers.
struct PassageOwner: Sendable {
    var firstRow: Int64
    var asset: AssetID
    var firstOrdinal: Int
    var count: Int

    var endRow: Int64 { firstRow + Int64(count) }
}

extension PassageSource {
    /// On disk; never reused; below 128.
    var code: UInt8 {
        switch self {
        case .fileName: 1
        case .title: 2
        case .description: 3
        case .transcript: 4
        case .subtitle: 5
        case .tag: 6
        case .chapter: 7
        case .screenText: 8
        case .text: 9
        }
    }

    static let byCode: [UInt8: PassageSource] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.code, $0) })
}
