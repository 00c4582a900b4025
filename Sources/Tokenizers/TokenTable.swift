/// Byte strings with a number each, in a few flat arrays: a vocabulary of 50 000 tokens is ready
/// in about a millisecond, where a dictionary of strings takes ten.
struct TokenTable: Sendable {
    /// All tokens end to end.
    private var bytes: [UInt8] = []
    /// Token e lies at starts[e]..<starts[e + 1].
    private var starts: [Int] = [0]
    private var values: [Int32] = []
    /// Open addressing: an entry plus one in the lower 24 bits and 8 bits of its token's hash above,
    /// or 0. Comparing those first spares nearly every look at another token's bytes; small slots
    /// stay in the cache. The count is a power of two.
    private var slots: [UInt32]
    private(set) var longest = 0  // bytes
    /// Tokens a table can hold.
    static let limit = (1 << 24) - 2

    init(capacity: Int, byteCapacity: Int = 0) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        starts.reserveCapacity(capacity + 1)
        values.reserveCapacity(capacity)
        bytes.reserveCapacity(byteCapacity)
    }

    var count: Int { values.count }

    func token(at entry: Int) -> ArraySlice<UInt8> { bytes[starts[entry]..<starts[entry + 1]] }

    /// Every token with its value, in the order of insertion.
    func visitTokens(_ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void) {
        bytes.withUnsafeBufferPointer { bytes in
            for (entry, value) in values.enumerated() {
                let range = starts[entry]..<starts[entry + 1]
                body(UnsafeBufferPointer(rebasing: bytes[range]), value)
            }
        }
    }

    /// A token seen before gets the new value, as in Python's dictionaries. Returns its entry.
    @discardableResult
    mutating func insert(_ token: UnsafeBufferPointer<UInt8>, value: Int32) -> Int {
        if (count + 1) * 2 > slots.count { grow() }
        let hash = Self.hash(token)
        let slot = slot(of: token, hash)
        if slots[slot] > 0 {
            let entry = Self.entry(slots[slot])
            values[entry] = value
            return entry
        }
        values.append(value)
        bytes.append(contentsOf: token)
        starts.append(bytes.count)
        precondition(count <= Self.limit, "Readers count tokens before they insert them.")
        slots[slot] = UInt32(count) | hash & Self.tagMask
        longest = max(longest, token.count)
        return values.count - 1
    }

    @discardableResult
    mutating func insert(_ token: [UInt8], value: Int32) -> Int {
        token.withUnsafeBufferPointer { insert($0, value: value) }
    }

    func value(of token: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard token.count <= longest else { return nil }
        let slot = slots[slot(of: token, Self.hash(token))]
        return slot > 0 ? values[Self.entry(slot)] : nil
    }

    func value(of token: some Sequence<UInt8>) -> Int32? {
        Array(token).withUnsafeBufferPointer { value(of: $0) }
    }

    private static let tagMask: UInt32 = 0xFF00_0000

    private static func entry(_ slot: UInt32) -> Int { Int(slot & ~tagMask) - 1 }

    /// The slot that holds the token, or the free one where it belongs.
    private func slot(of token: UnsafeBufferPointer<UInt8>, _ hash: UInt32) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(hash) & mask
            while slots[slot] > 0 {
                if slots[slot] & Self.tagMask == hash & Self.tagMask,
                    self.token(at: Self.entry(slots[slot])).elementsEqual(token)
                {
                    break
                }
                slot = (slot + 1) & mask
            }
            return slot
        }
    }

    private mutating func grow() {
        let filled = slots.filter { $0 > 0 }
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        bytes.withUnsafeBufferPointer { bytes in
            for old in filled {
                let entry = Self.entry(old)
                let token = UnsafeBufferPointer(
                    rebasing: bytes[starts[entry]..<starts[entry + 1]])
                var slot = Int(Self.hash(token)) & mask
                while slots[slot] > 0 { slot = (slot + 1) & mask }
                slots[slot] = old
            }
        }
    }

    /// FNV-1a, 64 bits, folded to 32.
    private static func hash(_ token: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
