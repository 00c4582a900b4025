/// What words became, by their bytes: text repeats its words, and looking one up costs a fraction
/// of spelling it. Kept in a few flat arrays; when full it starts anew.
struct WordCache: Sendable {
    private struct Entry {
        var hash: UInt32
        /// In `bytes`.
        var start: UInt32
        var byteCount: UInt16
        var idCount: UInt16
        /// In `ids`.
        var firstID: UInt32
    }

    private var bytes: [UInt8] = []
    private var ids: [Int32] = []
    private var entries: [Entry] = []
    /// Open addressing: an entry plus one, or 0. The count is a power of two.
    private var slots: [UInt32]

    /// Longer words are rarely met again.
    static let longestWord = 64  // bytes
    private static let entryLimit = 1 << 15

    init() { slots = Array(repeating: 0, count: 1 << 10) }

    /// Appends the ids of a word, when it was stored.
    @inline(__always)
    func append(_ word: UTF8Text.Bytes, to result: inout [Int]) -> Bool {
        guard word.count <= Self.longestWord else { return false }
        let hash = Self.hash(word)
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(hash) & mask
            while slots[slot] > 0 {
                let entry = entries[Int(slots[slot]) - 1]
                if entry.hash == hash, Int(entry.byteCount) == word.count, isEqual(entry, word) {
                    let first = Int(entry.firstID)
                    for index in first..<first + Int(entry.idCount) {
                        result.append(Int(ids[index]))
                    }
                    return true
                }
                slot = (slot + 1) & mask
            }
            return false
        }
    }

    mutating func insert(_ word: UTF8Text.Bytes, _ pieces: ArraySlice<Int>) {
        guard word.count <= Self.longestWord else { return }
        if entries.count >= Self.entryLimit { removeAll() }
        if (entries.count + 1) * 2 > slots.count { grow() }
        let hash = Self.hash(word)
        entries.append(
            Entry(
                hash: hash, start: UInt32(bytes.count), byteCount: UInt16(word.count),
                idCount: UInt16(pieces.count), firstID: UInt32(ids.count)))
        bytes.append(contentsOf: word)
        for piece in pieces { ids.append(Int32(piece)) }
        place(entries.count - 1)
    }

    private mutating func place(_ entry: Int) {
        let mask = slots.count - 1
        var slot = Int(entries[entry].hash) & mask
        while slots[slot] > 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(entry + 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for entry in entries.indices { place(entry) }
    }

    private mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }

    @inline(__always)
    private func isEqual(_ entry: Entry, _ word: UTF8Text.Bytes) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let stored = bytes.baseAddress, let other = word.baseAddress else {
                return word.isEmpty
            }
            let stored8 = stored + Int(entry.start)
            let other8 = UnsafeRawPointer(other)
            var index = 0
            while index + 8 <= word.count {
                guard
                    stored8.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        == other8.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                else { return false }
                index += 8
            }
            while index < word.count {
                guard stored8.load(fromByteOffset: index, as: UInt8.self) == word[index] else {
                    return false
                }
                index += 1
            }
            return true
        }
    }

    /// Eight bytes at a time, mixed by multiplication.
    @inline(__always)
    private static func hash(_ word: UTF8Text.Bytes) -> UInt32 {
        var hash = UInt64(word.count) &* 0x9E37_79B9_7F4A_7C15
        guard let base = word.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var index = 0
        while index + 8 <= word.count {
            hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < word.count {
            rest = rest << 8 | UInt64(word[index])
            index += 1
        }
        hash = mixed(hash ^ rest)
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value &* 0xD6E8_FEB8_6659_FD93
        return product ^ product >> 32
    }
}
