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

    // MARK: Prefixes

    /// Calls `body` for every token that a text begins with, the shortest first, until it returns
    /// false.
    @inline(__always)
    func visitPrefixes(
        of text: UnsafeBufferPointer<UInt8>, _ body: (_ length: Int, _ value: Int32) -> Bool
    ) {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var hash = Self.hashSeed
            let end = min(text.count, longest)
            var length = 0
            while length < end {
                hash = Self.hash(hash, text[length])
                length += 1
                // Only whole characters are tokens.
                if length < text.count, UTF8Text.isContinuation(text[length]) { continue }
                let folded = Self.folded(hash)
                var slot = Int(folded) & mask
                while slots[slot] > 0 {
                    if slots[slot] & Self.tagMask == folded & Self.tagMask {
                        let entry = Self.entry(slots[slot])
                        if matches(entry, text, length) {
                            guard body(length, values[entry]) else { return }
                            break
                        }
                    }
                    slot = (slot + 1) & mask
                }
            }
        }
    }

    /// The longest token that a text begins with.
    func longestPrefix(of text: UnsafeBufferPointer<UInt8>) -> (length: Int, value: Int32)? {
        var found: (length: Int, value: Int32)?
        visitPrefixes(of: text) { length, value in
            found = (length, value)
            return true
        }
        return found
    }

    @inline(__always)
    private func matches(
        _ entry: Int, _ text: UnsafeBufferPointer<UInt8>, _ length: Int
    ) -> Bool {
        let start = starts[entry]
        guard starts[entry + 1] - start == length else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<length where bytes[start + index] != text[index] { return false }
            return true
        }
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
                    matches(Self.entry(slots[slot]), token, token.count)
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

    private static let hashSeed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    private static func hash(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    @inline(__always)
    private static func folded(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    /// FNV-1a, 64 bits, folded to 32: that of every prefix is met on the way.
    private static func hash(_ token: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = hashSeed
        for byte in token { hash = Self.hash(hash, byte) }
        return folded(hash)
    }
}
