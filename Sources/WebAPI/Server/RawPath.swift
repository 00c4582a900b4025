/// A path as it was sent, checked for everything that has ever led out of a folder.
enum RawPath {
    /// The percent-decoded segments: `/v1/assets/3f2a` as `["v1", "assets", "3f2a"]`.
    static func segments(of path: String) throws(Refusal) -> [String] {
        guard path.first == "/" else {
            throw .malformed("The path does not begin with a slash.")
        }
        guard path != "/" else { return [] }
        var segments: [String] = []
        for raw in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try PercentCoding.decode(raw, plusIsBlank: false)
            try check(segment)
            segments.append(segment)
        }
        return segments
    }

    private static func check(_ segment: String) throws(Refusal) {
        guard !segment.isEmpty else {
            throw .malformed("The path has two slashes in a row, or one at its end.")
        }
        guard segment != ".", segment != ".." else {
            throw .malformed("The path has a . or .. segment.")
        }
        for byte in segment.utf8 {
            guard byte >= 0x20, byte != 0x7F else {
                throw .malformed("The path has a control character.")
            }
            guard byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\\") else {
                throw .malformed("The path has a slash or backslash inside a segment.")
            }
        }
        // `%252e` decodes to `%2e`: somebody counts on a second decoding.
        guard !isEncodedAgain(Array(segment.utf8)) else {
            throw .malformed("The path is percent-encoded twice.")
        }
    }

    private static func isEncodedAgain(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast(2).contains { index in
            bytes[index] == UInt8(ascii: "%")
                && bytes[(index + 1)...(index + 2)].allSatisfy { PercentCoding.digit($0) != nil }
        }
    }
}

/// Percent-encoding of RFC 3986, and of forms.
enum PercentCoding {
    static func decode(_ text: Substring, plusIsBlank: Bool) throws(Refusal) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsBlank: bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { throw .malformed("A % in the address is not followed by two digits.") }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { throw .malformed("The address has a NUL byte.") }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("The address is not UTF-8.")
        }
        return decoded
    }

    /// The items of a query, in its order.
    static func items(of query: String) throws(Refusal) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for pair in query.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            items.append(
                (
                    try decode(name, plusIsBlank: true),
                    try decode(pair.dropFirst(name.count + 1), plusIsBlank: true)
                ))
        }
        return items
    }

    static func isDecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
