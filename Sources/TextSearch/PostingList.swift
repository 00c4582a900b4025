import CKernels
import Glibc

/// The passages of a segment that hold a term, as they lie in the database.
///
///     CRC-32C of the term and of what follows     4 bytes
///     runs, by window and times:
///         window                                  4 bytes   row >> 16
///         times the term is in each passage       2 bytes   1 or more; 65 535 is "or more"
///         passages − 1                            2 bytes
///         row & 65 535 of each, ascending         2 bytes each
///
/// All little-endian. A passage is in one run only. Passages of a window that hold the term
/// equally often stand together, so that scoring a run is one loop over offsets with two
/// constants, and an offset cannot reach outside its window whatever the bytes are.
final class PostingList: @unchecked Sendable {
    // @unchecked: the bytes are written in `init` only, before anyone else has the object.
    private let bytes: UnsafeMutableRawBufferPointer
    let runs: [PostingRun]

    static let checksumSize = 4
    static let runHeaderSize = 8

    deinit { bytes.deallocate() }

    /// - Returns: nil when the bytes are not a list of this term.
    init?(_ stored: UnsafeRawBufferPointer, term: UnsafeRawBufferPointer) {
        guard stored.count >= Self.checksumSize,
            UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self))
                == Self.checksum(term: term, runs: .init(rebasing: stored[Self.checksumSize...]))
        else { return nil }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: stored.count, alignment: 16)
        bytes.copyMemory(from: stored)
        self.bytes = bytes
        var runs: [PostingRun] = []
        var isWhole = true
        var place = Self.checksumSize
        while place < bytes.count {
            guard bytes.count - place >= Self.runHeaderSize else {
                isWhole = false
                break
            }
            let window = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
            let times = bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt16.self)
            let count = Int(bytes.loadUnaligned(fromByteOffset: place + 6, as: UInt16.self)) + 1
            place += Self.runHeaderSize
            guard bytes.count - place >= 2 * count, times > 0,
                let start = bytes.baseAddress
            else {
                isWhole = false
                break
            }
            // Everything before is of an even size, and the allocation is aligned.
            let offsets = (start + place).assumingMemoryBound(to: UInt16.self)
            runs.append(
                PostingRun(
                    window: Int(window), times: Int(times),
                    offsets: UnsafeBufferPointer(start: offsets, count: count)))
            place += 2 * count
        }
        self.runs = runs
        guard isWhole else { return nil }
    }

    /// A list made from rows, each of which counts once: what a phrase or a beginning matched.
    init(rows: RowSet) {
        let windows = rows.windows.keys.sorted().map { ($0, rows.offsets(in: $0)) }
        let total = windows.reduce(0) { $0 + $1.1.count }
        bytes = .allocate(byteCount: max(2, 2 * total), alignment: 16)
        var runs: [PostingRun] = []
        var place = 0
        for (window, offsets) in windows {
            let start = (bytes.baseAddress! + place).bindMemory(
                to: UInt16.self, capacity: offsets.count)
            start.initialize(from: offsets, count: offsets.count)
            runs.append(
                PostingRun(
                    window: window, times: 1,
                    offsets: UnsafeBufferPointer(start: start, count: offsets.count)))
            place += 2 * offsets.count
        }
        self.runs = runs
    }

    var byteCount: Int { bytes.count }

    static func checksum(
        term: UnsafeRawBufferPointer, runs: UnsafeRawBufferPointer
    ) -> UInt32 {
        reel_crc32c(
            reel_crc32c(0, term.baseAddress, term.count), runs.baseAddress, runs.count)
    }
}

/// Passages of one window that hold a term equally often. Its list must outlive it.
struct PostingRun {
    let window: Int
    let times: Int
    /// Ascending.
    let offsets: UnsafeBufferPointer<UInt16>

    func contains(_ offset: UInt16) -> Bool {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = low + (high - low) / 2
            if offsets[middle] >= offset { high = middle } else { low = middle + 1 }
        }
        return low < offsets.count && offsets[low] == offset
    }
}

/// Writes posting lists into a buffer that is used again.
struct PostingListWriter {
    private(set) var bytes: [UInt8] = []

    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: [0, 0, 0, 0])
    }

    /// - Parameter offsets: at most 65 536, ascending; none is no run.
    mutating func append(window: Int, times: Int, offsets: UnsafeBufferPointer<UInt16>) {
        guard !offsets.isEmpty else { return }
        withUnsafeBytes(of: UInt32(window).littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt16(times).littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt16(offsets.count - 1).littleEndian) {
            bytes.append(contentsOf: $0)
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(offsets))
    }

    var isEmpty: Bool { bytes.count <= PostingList.checksumSize }

    mutating func end(term: UnsafeRawBufferPointer) {
        let checksum = bytes.withUnsafeBytes {
            PostingList.checksum(
                term: term, runs: .init(rebasing: $0[PostingList.checksumSize...]))
        }
        withUnsafeBytes(of: checksum.littleEndian) { checksum in
            for (place, byte) in checksum.enumerated() { bytes[place] = byte }
        }
    }
}
