/// Rows of passages, as bits by windows of 65 536.
struct RowSet: Sendable {
    static let windowSize = 1 << 16

    /// 1 024 words of 64 bits each.
    private(set) var windows: [Int: [UInt64]] = [:]

    var isEmpty: Bool { windows.isEmpty }

    /// - Parameter row: 0 or more.
    mutating func insert(_ row: Int64) {
        let offset = Int(row & 0xffff)
        windows[Int(row >> 16), default: [UInt64](repeating: 0, count: 1024)][offset >> 6] |=
            1 << UInt64(offset & 63)
    }

    mutating func insert(_ offsets: UnsafeBufferPointer<UInt16>, window: Int) {
        var bits = windows[window] ?? [UInt64](repeating: 0, count: 1024)
        windows[window] = nil
        for offset in offsets { bits[Int(offset) >> 6] |= 1 << UInt64(offset & 63) }
        windows[window] = bits
    }

    mutating func formUnion(_ other: RowSet) {
        for (window, bits) in other.windows {
            guard var own = windows[window] else {
                windows[window] = bits
                continue
            }
            for index in own.indices { own[index] |= bits[index] }
            windows[window] = own
        }
    }

    func filtered(_ isKept: (Int64) -> Bool) -> RowSet {
        var kept = RowSet()
        for window in windows.keys {
            for offset in offsets(in: window) {
                let row = Int64(window) << 16 | Int64(offset)
                if isKept(row) { kept.insert(row) }
            }
        }
        return kept
    }

    func contains(_ row: Int64) -> Bool {
        guard let bits = windows[Int(row >> 16)] else { return false }
        return bits[Int(row & 0xffff) >> 6] & 1 << UInt64(row & 63) != 0
    }

    /// The offsets in a window, ascending.
    func offsets(in window: Int) -> [UInt16] {
        guard let bits = windows[window] else { return [] }
        var offsets: [UInt16] = []
        for (index, word) in bits.enumerated() {
            var rest = word
            while rest != 0 {
                offsets.append(UInt16(index << 6 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return offsets
    }
}
