import Glibc

/// Numbers terms in the order of their first appearance: a hash table over bytes in one block.
struct TermTable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Number + 1 of the term at each slot; 0 is free. As many slots as a power of two.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)
    private var hashes: [UInt64] = []

    var count: Int { ends.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        slots = [UInt32](repeating: 0, count: 1 << 12)
    }

    /// - Returns: the term's number, a new one for a new term.
    mutating func number(of term: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = Self.hash(term)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, isEqual(number, term) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = count
        bytes.append(contentsOf: term)
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = UInt32(number + 1)
        if 2 * count > slots.count { grow() }
        return number
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: 4 * slots.count)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    private func range(_ number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    private func isEqual(_ number: Int, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(number)
        guard range.count == term.count else { return false }
        guard let start = term.baseAddress, !term.isEmpty else { return true }
        return bytes.withUnsafeBufferPointer {
            memcmp($0.baseAddress! + range.lowerBound, start, term.count) == 0
        }
    }

    func withTerm<Result>(
        _ number: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let range = range(number)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The terms' numbers in the order of their bytes, as SQLite sorts blobs.
    func sortedNumbers() -> [Int] {
        bytes.withUnsafeBytes { bytes in
            (0..<count).sorted { left, right in
                let (left, right) = (range(left), range(right))
                let order = memcmp(
                    bytes.baseAddress! + left.lowerBound, bytes.baseAddress! + right.lowerBound,
                    min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }

    /// FNV-1a, with a last stir: its low bits choose the slot.
    private static func hash(_ term: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in term { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ (hash >> 29)
    }
}
