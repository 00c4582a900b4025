/// Takes the markup out of subtitles and leaves the words.
enum SubtitleText {
    /// Characters kept of one cue; a screen holds about a hundred.
    static let maximumCharacters = 2_000

    /// Lines of an event as libav's decoders write it: eight fields before the text, then text with
    /// `{\…}` overrides and `\N` line breaks (Advanced SubStation Alpha, "Dialogue" without times).
    static func lines(ofEvent event: String, isAdvancedSubStation: Bool) -> [String] {
        let bytes = Array(event.utf8)
        guard isAdvancedSubStation else { return lines(of: bytes) }
        var commas = 0
        guard
            let start = bytes.firstIndex(where: { byte in
                if byte == UInt8(ascii: ",") { commas += 1 }
                return commas == 8
            })
        else { return [] }
        return lines(of: bytes[(start + 1)...], hasEscapes: true)
    }

    /// Lines of a cue with any of the markups met in SubRip, WebVTT and SubStation files.
    ///
    /// - Parameter hasEscapes: a backslash before `n`, `\` and braces means something, too.
    static func lines(
        of bytes: some RandomAccessCollection<UInt8>, hasEscapes: Bool = false
    ) -> [String] {
        // Markup may take more room than words, but not without end.
        var scanner = Scanner(
            bytes: Array(bytes.prefix(8 * maximumCharacters)), hasEscapes: hasEscapes)
        return scanner.lines()
    }

    private struct Scanner {
        let bytes: [UInt8]
        let hasEscapes: Bool
        private var index = 0
        private var line: [UInt8] = []
        private var found: [String] = []
        private var characterCount = 0

        init(bytes: [UInt8], hasEscapes: Bool) {
            self.bytes = bytes
            self.hasEscapes = hasEscapes
        }

        mutating func lines() -> [String] {
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                    endLine()
                    index += 1
                case UInt8(ascii: "{"):
                    if !skipOverride() { take() }
                case UInt8(ascii: "<"):
                    if !skipTag() { take() }
                case UInt8(ascii: "&"):
                    if !takeEntity() { take() }
                case UInt8(ascii: "\\"):
                    takeBackslash()
                case 0..<0x20, 0x7F:
                    space()
                    index += 1
                default:
                    take()
                }
            }
            endLine()
            return found
        }

        private mutating func take() {
            if bytes[index] == UInt8(ascii: " ") { space() } else { line.append(bytes[index]) }
            index += 1
        }

        private mutating func space() {
            if let last = line.last, last != UInt8(ascii: " ") { line.append(UInt8(ascii: " ")) }
        }

        private mutating func endLine() {
            while line.last == UInt8(ascii: " ") { line.removeLast() }
            let room = SubtitleText.maximumCharacters - characterCount
            if !line.isEmpty, room > 0 {
                let text = String(String(decoding: line, as: UTF8.self).prefix(room))
                characterCount += text.count
                found.append(text)
            }
            line.removeAll(keepingCapacity: true)
        }

        /// `{\an8}`, `{\i1}`, and MicroDVD's `{y:i}`; a brace that is not closed is text.
        private mutating func skipOverride() -> Bool {
            let rest = bytes[(index + 1)...].prefix(400)
            guard let first = rest.first, let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                return false
            }
            let isStyle = rest.dropFirst().first == UInt8(ascii: ":")
            guard first == UInt8(ascii: "\\") || isStyle else { return false }
            index = end + 1
            return true
        }

        /// `<i>`, `</font>`, `<v Speaker>`, `<00:01.000>`; "a < b" is text.
        private mutating func skipTag() -> Bool {
            let rest = bytes[(index + 1)...].prefix(400)
            guard let first = rest.first else { return false }
            let opensTag =
                first == UInt8(ascii: "/") || first == UInt8(ascii: "!") || isLetterOrDigit(first)
            guard opensTag,
                let end = rest.firstIndex(where: {
                    $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<")
                }), bytes[end] == UInt8(ascii: ">")
            else { return false }
            if String(decoding: bytes[(index + 1)..<end], as: UTF8.self).lowercased()
                .hasPrefix("br")
            {
                endLine()
            }
            index = end + 1
            return true
        }

        private mutating func takeEntity() -> Bool {
            let rest = bytes[(index + 1)...].prefix(10)
            guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return false }
            let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            guard let scalar = SubtitleText.character(ofEntity: name) else { return false }
            if let scalar {
                line += Array(String(scalar).utf8)
            } else {
                space()
            }
            index = end + 1
            return true
        }

        /// SubStation's `\N`, `\n` (line break), `\h` (space), `\{` and `\\` (the character).
        private mutating func takeBackslash() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch next {
            case UInt8(ascii: "N"):
                endLine()
                index += 2
            case UInt8(ascii: "n") where hasEscapes:
                endLine()
                index += 2
            case UInt8(ascii: "h"):
                space()
                index += 2
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"):
                line.append(next)
                index += 2
            default:
                take()
            }
        }

        private func isLetterOrDigit(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
    }

    /// Nil for an unknown name; an inner nil for one that stands for a space or nothing visible.
    private static func character(ofEntity name: String) -> UnicodeScalar?? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp", "lrm", "rlm": return .some(nil)
        default: break
        }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = UInt32(
            isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
        guard let number, let scalar = UnicodeScalar(number) else { return nil }
        return scalar.properties.generalCategory == .control ? .some(nil) : .some(scalar)
    }
}
