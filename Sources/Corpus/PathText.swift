/// A path as text that leads back to its very bytes.
///
/// A name on Linux is bytes without NUL and `/`; most are UTF-8, and those are spelled as they
/// are. A byte that is not part of UTF-8 is spelled `\xHH`, and so is the backslash of a name that
/// itself holds such a spelling, so that no two paths are spelled alike. Databases, JSON and
/// messages show the spelling; `bytes` is what the system is asked for.
///
/// Two spellings are the same only byte for byte: `String` takes é and e with an accent for one
/// character, while a folder may hold both as two files.
package struct PathText: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// - Parameter text: spelled already.
    package init(_ text: String) { self.text = text }

    package init(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self), !Self.holdsEscape(bytes) {
            self.text = text
            return
        }
        var spelled: [UInt8] = []
        spelled.reserveCapacity(bytes.count + 16)
        var start = 0
        while start < bytes.count {
            let length = Self.scalarLength(bytes[start...])
            if length == 0 || Self.escapedByte(bytes[start...]) != nil {
                spelled += [UInt8(ascii: "\\"), UInt8(ascii: "x")]
                spelled += [
                    Self.digits[Int(bytes[start] >> 4)], Self.digits[Int(bytes[start] & 15)],
                ]
                start += 1
            } else {
                spelled += bytes[start..<start + length]
                start += length
            }
        }
        text = String(decoding: spelled, as: UTF8.self)
    }

    /// What the system calls the file.
    package var bytes: [UInt8] {
        let spelled = Array(text.utf8)
        guard Self.holdsEscape(spelled) else { return spelled }
        var bytes: [UInt8] = []
        var start = 0
        while start < spelled.count {
            if let byte = Self.escapedByte(spelled[start...]) {
                bytes.append(byte)
                start += 4
            } else {
                bytes.append(spelled[start])
                start += 1
            }
        }
        return bytes
    }

    package var description: String { text }

    package static func == (left: PathText, right: PathText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    // MARK: Spelling

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func holdsEscape(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { escapedByte(bytes[$0...]) != nil }
    }

    /// The byte that a `\xHH` at the beginning stands for.
    private static func escapedByte(_ bytes: ArraySlice<UInt8>) -> UInt8? {
        guard bytes.first == UInt8(ascii: "\\"), bytes.count >= 4,
            bytes[bytes.startIndex + 1] == UInt8(ascii: "x"),
            let high = digit(bytes[bytes.startIndex + 2]),
            let low = digit(bytes[bytes.startIndex + 3])
        else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        digits.firstIndex(of: byte).map { UInt8($0) }
    }

    /// Bytes of the UTF-8 character at the beginning; 0 when there is none.
    private static func scalarLength(_ bytes: ArraySlice<UInt8>) -> Int {
        for length in 1...4 where length <= bytes.count {
            if String(validating: bytes.prefix(length), as: UTF8.self) != nil { return length }
        }
        return 0
    }
}
