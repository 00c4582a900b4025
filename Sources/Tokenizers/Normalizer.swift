internal import UnicodeText

/// Text on its way from as written to as the model's words are spelled.
struct NormalizedText: Sendable {
    /// Valid UTF-8.
    var bytes: [UInt8]
    /// Whether the first byte stems from the very beginning of the text as written: nothing was
    /// cut off or taken away before it.
    var beginsAtStart: Bool

    /// Rewrites every scalar: the closure appends what takes its place, or nothing.
    @inline(__always)
    mutating func mapScalars(
        room: inout [UInt8], _ body: (Unicode.Scalar, inout [UInt8]) -> Void
    ) {
        room.removeAll(keepingCapacity: true)
        var isDropping = true
        var dropped = false
        bytes.withUnsafeBufferPointer { bytes in
            room.reserveCapacity(bytes.count + bytes.count / 2)
            var position = 0
            while position < bytes.count {
                let (scalar, length) = UTF8Text.scalar(at: position, in: bytes)
                body(scalar, &room)
                if isDropping {
                    if room.isEmpty { dropped = true } else { isDropping = false }
                }
                position += length
            }
        }
        if dropped { beginsAtStart = false }
        swap(&bytes, &room)
    }
}

/// What is done to a text before it is cut into words.
indirect enum Normalizer: Sendable {
    case bert(BERTNormalizer)
    /// NFC, NFD, NFKC or NFKD, of Unicode 9.
    case form(TextForm)
    case lowercase
    case stripAccents
    case strip(left: Bool, right: Bool)
    case replace(TextPattern, with: [UInt8])
    case prepend([UInt8])
    /// Google's neural machine translation: control characters out, odd spaces made plain.
    case nmt
    case precompiled(CharacterMap)
    /// Bytes as GPT-2's visible characters.
    case byteLevel
    case sequence([Normalizer])

    /// - Parameters:
    ///   - room: a buffer to work in, so that none is made anew for every text.
    ///   - budget: what regular expressions may spend on the text.
    func apply(
        to text: inout NormalizedText, room: inout [UInt8],
        within budget: inout RegularExpression.Budget
    ) throws(TokenizerError) {
        switch self {
        case .bert(let bert): bert.apply(to: &text, room: &room)
        case .form(let form): Self.apply(form, to: &text, room: &room)
        case .lowercase: Self.lowercase(&text, room: &room)
        case .stripAccents:
            text.mapScalars(room: &room) { scalar, result in
                if scalar.isASCII || !CharacterClasses.isCombiningMark(scalar) {
                    UTF8Text.append(scalar, to: &result)
                }
            }
        case .strip(let left, let right): Self.strip(&text, left: left, right: right)
        case .replace(let pattern, let content):
            try Self.replace(pattern, with: content, in: &text, room: &room, within: &budget)
        case .prepend(let prefix):
            if !text.bytes.isEmpty { text.bytes.insert(contentsOf: prefix, at: 0) }
        case .nmt: Self.simplifySpaces(&text, room: &room)
        case .precompiled(let map): map.apply(to: &text, room: &room)
        case .byteLevel:
            room.removeAll(keepingCapacity: true)
            VisibleBytes.append(text.bytes, to: &room)
            swap(&text.bytes, &room)
        case .sequence(let normalizers):
            for normalizer in normalizers {
                try normalizer.apply(to: &text, room: &room, within: &budget)
            }
        }
    }

    /// Version of Unicode that the reference normalises by.
    private static let unicodeVersion = 9

    static func apply(_ form: TextForm, to text: inout NormalizedText, room: inout [UInt8]) {
        let isDone = text.bytes.withUnsafeBufferPointer { bytes in
            if UTF8Text.isASCII(bytes) { return true }
            var position = 0
            while position < bytes.count {
                if bytes[position] < 0x80 {
                    position += 1
                    continue
                }
                let (scalar, length) = UTF8Text.scalar(at: position, in: bytes)
                let properties = ScalarProperties.of(scalar)
                guard properties.isStable(in: form) || properties.age > unicodeVersion else {
                    return false
                }
                position += length
            }
            return true
        }
        guard !isDone else { return }
        room.removeAll(keepingCapacity: true)
        text.bytes.withUnsafeBufferPointer {
            form.append($0, to: &room, version: unicodeVersion)
        }
        swap(&text.bytes, &room)
    }

    static func lowercase(_ text: inout NormalizedText, room: inout [UInt8]) {
        text.mapScalars(room: &room) { CharacterClasses.appendLowercase($0, to: &$1) }
    }

    private static func strip(_ text: inout NormalizedText, left: Bool, right: Bool) {
        let kept = text.bytes.withUnsafeBufferPointer { bytes -> Range<Int> in
            var start = 0
            var end = bytes.count
            while left, start < end {
                let (scalar, length) = UTF8Text.scalar(at: start, in: bytes)
                guard CharacterClasses.isWhitespace(scalar) else { break }
                start += length
            }
            while right, end > start, let scalar = UTF8Text.scalar(before: end, in: bytes),
                CharacterClasses.isWhitespace(scalar)
            {
                end -= UTF8.width(scalar)
            }
            return start..<end
        }
        if kept.lowerBound > 0 { text.beginsAtStart = false }
        text.bytes.removeSubrange(kept.upperBound...)
        text.bytes.removeSubrange(..<kept.lowerBound)
    }

    private static func replace(
        _ pattern: TextPattern, with content: [UInt8], in text: inout NormalizedText,
        room: inout [UInt8], within budget: inout RegularExpression.Budget
    ) throws(TokenizerError) {
        var matches: [Range<Int>] = []
        try text.bytes.withUnsafeBufferPointer { bytes throws(TokenizerError) in
            try pattern.findMatches(in: bytes, within: &budget, appendingTo: &matches)
        }
        guard let first = matches.first else { return }
        room.removeAll(keepingCapacity: true)
        text.bytes.withUnsafeBufferPointer { bytes in
            // What takes the place of several characters stands for the last of them.
            if first.lowerBound == 0, !first.isEmpty,
                content.isEmpty || UTF8Text.scalarCount(UTF8Text.rebased(bytes, first)) > 1
            {
                text.beginsAtStart = false
            }
            var end = 0
            for match in matches {
                room.append(contentsOf: UTF8Text.rebased(bytes, end..<match.lowerBound))
                room.append(contentsOf: content)
                end = match.upperBound
            }
            room.append(contentsOf: UTF8Text.rebased(bytes, end..<bytes.count))
        }
        swap(&text.bytes, &room)
    }

    private static func simplifySpaces(_ text: inout NormalizedText, room: inout [UInt8]) {
        text.mapScalars(room: &room) { scalar, result in
            switch scalar.value {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: return
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
                0xFFFD:
                result.append(0x20)
            default: UTF8Text.append(scalar, to: &result)
            }
        }
    }
}

/// GPT-2's visible character for each byte: the byte itself where it prints in Latin-1, else the
/// next unused character from U+0100. All have one or two bytes in UTF-8.
enum VisibleBytes {
    static let characters: [[UInt8]] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) in
            let printable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte)
                || (0xAE...0xFF).contains(byte)
            let value = printable ? byte : next
            if !printable { next += 1 }
            var bytes: [UInt8] = []
            UTF8Text.append(value, to: &bytes)
            return bytes
        }
    }()

    static func append(_ bytes: some Sequence<UInt8>, to result: inout [UInt8]) {
        let characters = characters
        for byte in bytes { result.append(contentsOf: characters[Int(byte)]) }
    }
}
