/// Steps through valid UTF-8 in memory.
enum UTF8Text {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Bytes of the scalar that starts with a byte, 1…4.
    @inline(__always)
    static func length(ofLead byte: UInt8) -> Int {
        byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    }

    /// The scalar that starts at a byte, and its length in bytes, 1…4.
    @inline(__always)
    static func scalar(at position: Int, in bytes: Bytes) -> (scalar: Unicode.Scalar, length: Int) {
        let first = bytes[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for index in 1..<length { value = value << 6 | UInt32(bytes[position + index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The scalar that ends before a byte; nil at the beginning.
    static func scalar(before position: Int, in bytes: Bytes) -> Unicode.Scalar? {
        guard position > 0 else { return nil }
        var start = position - 1
        while start > 0, isContinuation(bytes[start]) { start -= 1 }
        return scalar(at: start, in: bytes).scalar
    }

    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    static func scalarCount(_ bytes: Bytes) -> Int {
        bytes.reduce(0) { isContinuation($1) ? $0 : $0 + 1 }
    }

    static func isASCII(_ bytes: Bytes) -> Bool {
        var seen: UInt8 = 0
        for byte in bytes { seen |= byte }
        return seen < 0x80
    }

    @inline(__always)
    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        append(scalar.value, to: &bytes)
    }

    /// The value must be a scalar's.
    @inline(__always)
    static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 {
            0x80 | UInt8(truncatingIfNeeded: value >> shift) & 0x3F
        }
        switch value {
        case ..<0x80: bytes.append(UInt8(truncatingIfNeeded: value))
        case ..<0x800:
            bytes.append(0xC0 | UInt8(truncatingIfNeeded: value >> 6))
            bytes.append(tail(0))
        case ..<0x10000:
            bytes.append(0xE0 | UInt8(truncatingIfNeeded: value >> 12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        default:
            bytes.append(0xF0 | UInt8(truncatingIfNeeded: value >> 18))
            bytes.append(tail(12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        }
    }

    @inline(__always)
    static func rebased(_ bytes: Bytes, _ range: Range<Int>) -> Bytes {
        UnsafeBufferPointer(rebasing: bytes[range])
    }
}
