/// Reads the text of a subtitle file, whose encoding nothing states.
enum SubtitleEncoding {
    /// The text as UTF-8, without a byte order mark: UTF-8 and UTF-16 by their marks, UTF-16
    /// without a mark by its zeros, UTF-8 when it is valid, else Windows-1252 (Latin-1's superset).
    static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return repaired(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFF, 0xFE]) { return fromUTF16(bytes.dropFirst(2), high: 1) }
        if bytes.starts(with: [0xFE, 0xFF]) { return fromUTF16(bytes.dropFirst(2), high: 0) }
        let head = bytes.prefix(1_000)
        let zeros = [0, 1].map { parity in
            head.indices.count { $0 % 2 == parity && head[$0] == 0 }
        }
        for (high, count) in zeros.enumerated() where count * 5 > head.count && head.count > 3 {
            if zeros[1 - high] * 5 < count { return fromUTF16(bytes[...], high: high) }
        }
        if String(validating: bytes, as: UTF8.self) != nil { return bytes }
        // A few stray bytes in a UTF-8 file must not spoil all its other letters.
        if mostlyUTF8(bytes) { return repaired(bytes[...]) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
            } else {
                result.append(contentsOf: windows1252[Int(byte) - 0x80])
            }
        }
        return result
    }

    private static func repaired(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    /// - Parameter high: which byte of a pair is the upper one, 0 or 1.
    private static func fromUTF16(_ bytes: ArraySlice<UInt8>, high: Int) -> [UInt8] {
        let start = bytes.startIndex
        let units = (0..<(bytes.count / 2)).map { pair in
            UInt16(bytes[start + 2 * pair + high]) << 8
                | UInt16(bytes[start + 2 * pair + 1 - high])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// At least nine of ten bytes above ASCII stand in valid sequences.
    private static func mostlyUTF8(_ bytes: [UInt8]) -> Bool {
        let above = bytes.count { $0 >= 0x80 }
        let broken = String(decoding: bytes, as: UTF8.self).unicodeScalars.count {
            $0 == "\u{FFFD}"
        }
        return broken * 10 < above
    }

    private static let windows1252: [[UInt8]] = {
        // 0x80…0x9F; where Windows-1252 has nothing, a space.
        let upper: [UInt32] = [
            0x20AC, 0x20, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
            0x2039, 0x0152, 0x20, 0x017D, 0x20, 0x20, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
            0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x20, 0x017E, 0x0178,
        ]
        return (upper + (0xA0...0xFF)).map { value in
            UnicodeScalar(value).map { Array(String($0).utf8) } ?? [0x20]
        }
    }()
}
