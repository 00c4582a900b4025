/// Byte strings with a number each, in a few flat arrays: a vocabulary of 50 000 tokens is ready
/// in about a millisecond, where a dictionary of strings takes ten.
struct TokenTable: Sendable {
    /// All tokens end to end.
    private var bytes: [UInt8] = []
    /// Token e lies at starts[e]..<starts[e + 1].
    private var starts: [Int] = [0]
    private var values: [Int32] = []
    /// Open addressing: an entry plus one in the upper half and its token's hash in the lower, or
    /// 0. Comparing hashes first spares nearly every look at another token's bytes. The count is a
    /// power of two.
    private var slots: [UInt64]
    private(set) var longest = 0  // bytes

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
        slots[slot] = UInt64(values.count) << 32 | UInt64(hash)
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

    private static func entry(_ slot: UInt64) -> Int { Int(slot >> 32) - 1 }

    /// The slot that holds the token, or the free one where it belongs.
    private func slot(of token: UnsafeBufferPointer<UInt8>, _ hash: UInt32) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(hash) & mask
            while slots[slot] > 0 {
                if UInt32(truncatingIfNeeded: slots[slot]) == hash,
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
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        let mask = slots.count - 1
        for filled in old where filled > 0 {
            var slot = Int(UInt32(truncatingIfNeeded: filled)) & mask
            while slots[slot] > 0 { slot = (slot + 1) & mask }
            slots[slot] = filled
        }
    }

    /// FNV-1a, 64 bits, folded to 32.
    private static func hash(_ token: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
