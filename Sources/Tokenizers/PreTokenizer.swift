internal import UnicodeText

/// Normalised text while it is cut into the words that the model spells.
struct WordList: Sendable {
    /// Valid UTF-8; the words lie in it in order.
    var bytes: [UInt8] = []
    var words: [Range<Int>] = []
    /// Whether the first byte stems from the very beginning of the text as written.
    var beginsAtStart = false
    /// Whether the words' bytes stand for GPT-2's visible characters, still to be spelled out.
    var areRawBytes = false
}

/// How `Split` and `Punctuation` deal with what they find between words.
enum SplitBehavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// Replaces spaces by a visible sign and cuts before it, as SentencePiece does.
struct Metaspace: Sendable, Equatable {
    enum PrependScheme: String, Sendable, CaseIterable {
        case always, never, first
    }

    /// UTF-8 of one character.
    var replacement: [UInt8] = Array("▁".utf8)
    var prependScheme = PrependScheme.always
    var splits = true
}

/// How normalised text is cut into words.
indirect enum PreTokenizer: Sendable {
    case bert
    case byteLevel(addsPrefixSpace: Bool, usesPattern: Bool)
    case whitespace
    case whitespaceSplit
    case metaspace(Metaspace)
    case split(TextPattern, SplitBehavior, isInverted: Bool)
    case digits(individually: Bool)
    case punctuation(SplitBehavior)
    case delimiter(Unicode.Scalar)
    case fixedLength(Int)
    case sequence([PreTokenizer])

    /// - Parameter isLast: whether the model comes next, which reads raw bytes itself.
    func apply(
        to list: inout WordList, room: inout WordRoom, isLast: Bool = true
    ) throws(TokenizerError) {
        switch self {
        case .bert:
            list.cut(room: &room) { text, offset, words in
                Self.cutAtSpacesAndPunctuation(text, offset, &words)
            }
        case .byteLevel(let addsPrefixSpace, let usesPattern):
            if addsPrefixSpace { Self.prefixSpaces(&list, room: &room) }
            if usesPattern {
                try Self.split(&list, room: &room, .words(.gpt2), .isolated, isInverted: false)
            }
            if isLast { list.areRawBytes = true } else { Self.spellOutBytes(&list, room: &room) }
        case .whitespace:
            list.cut(room: &room) { text, offset, words in
                Self.cutIntoWordsAndSigns(text, offset, &words)
            }
        case .whitespaceSplit:
            list.cut(room: &room) { text, offset, words in
                Self.cut(text, offset, &words, .removed, CharacterClasses.isWhitespace)
            }
        case .metaspace(let metaspace): metaspace.apply(to: &list, room: &room)
        case .split(let pattern, let behavior, let isInverted):
            try Self.split(&list, room: &room, pattern, behavior, isInverted: isInverted)
        case .digits(let individually):
            list.cut(room: &room) { text, offset, words in
                Self.cut(
                    text, offset, &words, individually ? .isolated : .contiguous,
                    CharacterClasses.isNumeric)
            }
        case .punctuation(let behavior):
            list.cut(room: &room) { text, offset, words in
                Self.cut(text, offset, &words, behavior, CharacterClasses.isPunctuation)
            }
        case .delimiter(let delimiter):
            list.cut(room: &room) { text, offset, words in
                Self.cut(text, offset, &words, .removed) { $0 == delimiter }
            }
        case .fixedLength(let length):
            list.cut(room: &room) { text, offset, words in
                Self.cut(text, offset, &words, scalars: length)
            }
        case .sequence(let steps):
            for (index, step) in steps.enumerated() {
                try step.apply(
                    to: &list, room: &room, isLast: isLast && index == steps.count - 1)
            }
        }
    }

    // MARK: Cutting by characters

    /// BERT's: spaces are dropped, every mark of punctuation is a word.
    private static func cutAtSpacesAndPunctuation(
        _ text: UTF8Text.Bytes, _ offset: Int, _ words: inout [Range<Int>]
    ) {
        var start = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            // Letters and digits of ASCII are most of most texts.
            if (0x61...0x7A).contains(byte) {
                position += 1
                continue
            }
            let (scalar, length) = UTF8Text.scalar(at: position, in: text)
            let end = position + length
            if CharacterClasses.isWhitespace(scalar) {
                if start < position { words.append(offset + start..<offset + position) }
                start = end
            } else if CharacterClasses.isPunctuation(scalar) {
                if start < position { words.append(offset + start..<offset + position) }
                words.append(offset + position..<offset + end)
                start = end
            }
            position = end
        }
        if start < text.count { words.append(offset + start..<offset + text.count) }
    }

    /// `\w+|[^\w\s]+`
    private static func cutIntoWordsAndSigns(
        _ text: UTF8Text.Bytes, _ offset: Int, _ words: inout [Range<Int>]
    ) {
        enum Kind { case word, space, sign }
        var start = 0
        var last = Kind.space
        var position = 0
        while position < text.count {
            let (scalar, length) = UTF8Text.scalar(at: position, in: text)
            let kind: Kind =
                CharacterClasses.isWord(scalar)
                ? .word : CharacterClasses.isWhitespace(scalar) ? .space : .sign
            if kind != last {
                if last != .space { words.append(offset + start..<offset + position) }
                start = position
                last = kind
            }
            position += length
        }
        if last != .space { words.append(offset + start..<offset + text.count) }
    }

    private static func cut(
        _ text: UTF8Text.Bytes, _ offset: Int, _ words: inout [Range<Int>], scalars: Int
    ) {
        var start = 0
        var count = 0
        var position = 0
        while position < text.count {
            position += UTF8Text.length(ofLead: text[position])
            count += 1
            if count == scalars || position == text.count {
                words.append(offset + start..<offset + position)
                start = position
                count = 0
            }
        }
    }

    /// Every character of a kind is a match by itself.
    @inline(__always)
    private static func cut(
        _ text: UTF8Text.Bytes, _ offset: Int, _ words: inout [Range<Int>],
        _ behavior: SplitBehavior, _ isMatch: (Unicode.Scalar) -> Bool
    ) {
        var joiner = PieceJoiner(behavior, offset: offset)
        var start = 0
        var position = 0
        while position < text.count {
            let (scalar, length) = UTF8Text.scalar(at: position, in: text)
            let end = position + length
            if isMatch(scalar) {
                if start < position { joiner.add(start..<position, isMatch: false, to: &words) }
                joiner.add(position..<end, isMatch: true, to: &words)
                start = end
            }
            position = end
        }
        if start < text.count { joiner.add(start..<text.count, isMatch: false, to: &words) }
    }

    // MARK: Cutting by patterns

    private static func split(
        _ list: inout WordList, room: inout WordRoom, _ pattern: TextPattern,
        _ behavior: SplitBehavior, isInverted: Bool
    ) throws(TokenizerError) {
        var matches: [Range<Int>] = []
        swap(&matches, &room.matches)
        var budget = room.budget
        try list.cut(room: &room) { text, offset, words throws(TokenizerError) in
            matches.removeAll(keepingCapacity: true)
            try pattern.findMatches(in: text, within: &budget, appendingTo: &matches)
            var joiner = PieceJoiner(behavior, offset: offset)
            var end = 0
            for match in matches {
                if end < match.lowerBound {
                    joiner.add(end..<match.lowerBound, isMatch: isInverted, to: &words)
                }
                joiner.add(match, isMatch: !isInverted, to: &words)
                end = match.upperBound
            }
            if end < text.count {
                joiner.add(end..<text.count, isMatch: isInverted, to: &words)
            }
        }
        room.budget = budget
        swap(&matches, &room.matches)
    }

    // MARK: Rewriting

    /// A space before every word that begins with none.
    private static func prefixSpaces(_ list: inout WordList, room: inout WordRoom) {
        guard list.words.contains(where: { list.bytes[$0.lowerBound] != 0x20 }) else { return }
        list.rewrite(room: &room) { word, _, bytes in
            if word[0] != 0x20 { bytes.append(0x20) }
            bytes.append(contentsOf: word)
        }
    }

    private static func spellOutBytes(_ list: inout WordList, room: inout WordRoom) {
        list.rewrite(room: &room) { word, _, bytes in VisibleBytes.append(word, to: &bytes) }
    }
}

/// Buffers that cutting works in, kept from text to text.
struct WordRoom: Sendable {
    var bytes: [UInt8] = []
    var words: [Range<Int>] = []
    var matches: [Range<Int>] = []
    /// What regular expressions may still spend on the text.
    var budget = RegularExpression.Budget(textBytes: 0)
}

extension WordList {
    /// Cuts every word; the closure appends the pieces of one, moved by its offset.
    @inline(__always)
    mutating func cut<Fault: Error>(
        room: inout WordRoom,
        _ body: (_ word: UTF8Text.Bytes, _ offset: Int, _ words: inout [Range<Int>])
            throws(Fault) -> Void
    ) throws(Fault) {
        var pieces: [Range<Int>] = []
        swap(&pieces, &room.words)
        pieces.removeAll(keepingCapacity: true)
        try bytes.withUnsafeBufferPointer { bytes throws(Fault) in
            for word in words {
                try body(UTF8Text.rebased(bytes, word), word.lowerBound, &pieces)
            }
        }
        swap(&words, &pieces)
        swap(&pieces, &room.words)
    }

    /// Writes every word anew; the closure appends what stands for one.
    @inline(__always)
    mutating func rewrite(
        room: inout WordRoom,
        _ body: (_ word: UTF8Text.Bytes, _ offset: Int, _ bytes: inout [UInt8]) -> Void
    ) {
        var result: [UInt8] = []
        swap(&result, &room.bytes)
        result.removeAll(keepingCapacity: true)
        var index = 0
        bytes.withUnsafeBufferPointer { bytes in
            while index < words.count {
                let start = result.count
                body(UTF8Text.rebased(bytes, words[index]), words[index].lowerBound, &result)
                words[index] = start..<result.count
                index += 1
            }
        }
        swap(&bytes, &result)
        swap(&result, &room.bytes)
        words.removeAll(where: \.isEmpty)
    }
}

/// Puts pieces together as a `SplitBehavior` says. Empty pieces are left out.
struct PieceJoiner {
    private let behavior: SplitBehavior
    private let offset: Int
    private var previousWasMatch = false
    private var isFirst = true

    init(_ behavior: SplitBehavior, offset: Int) {
        self.behavior = behavior
        self.offset = offset
    }

    /// - Parameter piece: that follows the one before without a gap.
    @inline(__always)
    mutating func add(_ piece: Range<Int>, isMatch: Bool, to words: inout [Range<Int>]) {
        defer {
            previousWasMatch = isMatch
            isFirst = false
        }
        let joins =
            switch behavior {
            case .removed, .isolated: false
            case .contiguous: isMatch == previousWasMatch
            case .mergedWithPrevious: isMatch && !previousWasMatch
            // Seen from behind in the reference: a match takes what follows, unless that is a
            // match too.
            case .mergedWithNext: !isMatch && previousWasMatch
            }
        if behavior == .removed, isMatch { return }
        if joins, !isFirst, let last = words.last {
            words[words.count - 1] = last.lowerBound..<offset + piece.upperBound
        } else if !piece.isEmpty {
            words.append(offset + piece.lowerBound..<offset + piece.upperBound)
        }
    }
}

extension Metaspace {
    func apply(to list: inout WordList, room: inout WordRoom) {
        let beginsAtStart = list.beginsAtStart
        list.rewrite(room: &room) { word, offset, bytes in
            let prepends =
                switch prependScheme {
                case .always: true
                case .never: false
                case .first: beginsAtStart && offset == 0
                }
            if prepends, word[0] != 0x20, !word.starts(with: replacement) {
                bytes.append(contentsOf: replacement)
            }
            for byte in word {
                if byte == 0x20 {
                    bytes.append(contentsOf: replacement)
                } else {
                    bytes.append(byte)
                }
            }
        }
        guard splits else { return }
        let sign = replacement
        list.cut(room: &room) { text, offset, words in
            var start = 0
            var position = 0
            while position < text.count {
                if text[position] == sign[0],
                    UTF8Text.rebased(text, position..<text.count).starts(with: sign)
                {
                    if start < position { words.append(offset + start..<offset + position) }
                    start = position
                    position += sign.count
                } else {
                    position += 1
                }
            }
            if start < text.count { words.append(offset + start..<offset + text.count) }
        }
    }
}

extension WordList {
    /// Cuts before every `▁`, or every run of them, where SentencePiece's words begin.
    mutating func cutBeforeMetaspaces(room: inout WordRoom) {
        let (first, second, third) = (UInt8(0xE2), UInt8(0x96), UInt8(0x81))
        cut(room: &room) { text, offset, words in
            var start = 0
            var position = 0
            while position < text.count {
                guard text[position] == first, position + 2 < text.count,
                    text[position + 1] == second, text[position + 2] == third
                else {
                    position += 1
                    continue
                }
                if start < position { words.append(offset + start..<offset + position) }
                start = position
                repeat {
                    position += 3
                } while position + 2 < text.count
                    && text[position] == first && text[position + 1] == second
                    && text[position + 2] == third
            }
            if start < text.count { words.append(offset + start..<offset + text.count) }
        }
    }
}
