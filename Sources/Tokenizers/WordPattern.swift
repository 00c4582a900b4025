/// The regular expressions that GPT-2 and its descendants cut text into words with, as scanners
/// over UTF-8. Each equals its expression (`source`), which tests try on ICU.
struct WordPattern: Sendable, Equatable {
    private enum Kind: Sendable, Equatable {
        case gpt2
        /// CLIP's; with the names of its special tokens before the rest, or without.
        case clip(namesSpecials: Bool)
        /// GPT-4's, as Qwen and Llama have it: numbers in groups of so many digits.
        case gpt4(digits: Int)
    }

    private let kind: Kind

    static let gpt2 = WordPattern(kind: .gpt2)
    static let clip = WordPattern(kind: .clip(namesSpecials: true))
    static let qwen = WordPattern(kind: .gpt4(digits: 1))

    private init(kind: Kind) { self.kind = kind }

    private static let gpt2Source =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    private static let clipSource = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
    private static let clipNames = #"<\|startoftext\|>|<\|endoftext\|>|"#
    private static func gpt4Source(numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    private static let known: [(source: String, pattern: WordPattern)] = [
        (gpt2Source, WordPattern(kind: .gpt2)),
        (clipSource, WordPattern(kind: .clip(namesSpecials: false))),
        (clipNames + clipSource, WordPattern(kind: .clip(namesSpecials: true))),
        (gpt4Source(numbers: #"\p{N}"#), WordPattern(kind: .gpt4(digits: 1))),
        (gpt4Source(numbers: #"\p{N}{1,3}"#), WordPattern(kind: .gpt4(digits: 3))),
    ]

    static let sources = known.map(\.source)

    /// Nil when the expression is not one of those known here.
    init?(_ source: String) {
        guard let found = Self.known.first(where: { $0.source == source }) else { return nil }
        self = found.pattern
    }

    func findMatches(in text: UTF8Text.Bytes, appendingTo matches: inout [Range<Int>]) {
        var scanner = WordScanner(text: text)
        var position = 0
        while position < text.count {
            let end =
                switch kind {
                case .gpt2: scanner.gpt2(at: position)
                case .clip(let names): scanner.clip(at: position, namesSpecials: names)
                case .gpt4(let digits): scanner.gpt4(at: position, digits: digits)
                }
            if end > position {
                matches.append(position..<end)
                position = end
            } else {
                // Only CLIP's pattern leaves something out: one character of white space.
                position += UTF8Text.length(ofLead: text[position])
            }
        }
    }
}

/// One match at a time, at a place in a text; the end of the match, or the place itself where
/// nothing matches.
private struct WordScanner {
    typealias Kind = CharacterClasses.PatternKind
    let text: UTF8Text.Bytes
    private let asciiKinds = Self.asciiKinds

    init(text: UTF8Text.Bytes) { self.text = text }

    @inline(__always)
    private func kind(at position: Int) -> (kind: Kind, length: Int) {
        let byte = text[position]
        if byte < 0x80 { return (asciiKinds[Int(byte)], 1) }
        let (scalar, length) = UTF8Text.scalar(at: position, in: text)
        return (CharacterClasses.patternKind(of: scalar), length)
    }

    /// 128 kinds, made once and never changed.
    nonisolated(unsafe) private static let asciiKinds: UnsafePointer<Kind> = {
        let kinds = UnsafeMutablePointer<Kind>.allocate(capacity: 128)
        for byte in 0..<128 {
            kinds[byte] = CharacterClasses.patternKind(of: Unicode.Scalar(UInt8(byte)))
        }
        return UnsafePointer(kinds)
    }()

    /// The end of a run of one kind.
    @inline(__always)
    private func run(of wanted: Kind, from position: Int) -> Int {
        var end = position
        while end < text.count {
            let (kind, length) = kind(at: end)
            guard kind == wanted else { break }
            end += length
        }
        return end
    }

    /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`, or 0. Without regard to case,
    /// the long s `ſ` is an s too (Unicode's case folding).
    private func contraction(at position: Int, foldsCase: Bool) -> Int {
        guard text[position] == UInt8(ascii: "'"), position + 1 < text.count else { return 0 }
        func letter(_ offset: Int) -> UInt8 {
            guard position + offset < text.count else { return 0 }
            let byte = text[position + offset]
            return foldsCase && (0x41...0x5A).contains(byte) ? byte + 32 : byte
        }
        switch (letter(1), letter(2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
            (UInt8(ascii: "d"), _):
            return 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return 3
        case (0xC5, 0xBF): return foldsCase ? 3 : 0
        default: return 0
        }
    }

    /// `\s+(?!\S)|\s+`: white space, the last of which is left to a word that follows.
    @inline(__always)
    private func spaces(from position: Int) -> Int {
        var end = position
        var lastStart = position
        while end < text.count {
            let (kind, length) = kind(at: end)
            guard kind == .space else { break }
            lastStart = end
            end += length
        }
        return end == text.count || lastStart == position ? end : lastStart
    }

    mutating func gpt2(at position: Int) -> Int {
        let contraction = contraction(at: position, foldsCase: false)
        if contraction > 0 { return position + contraction }
        let (kind, length) = kind(at: position)
        guard kind == .space else { return run(of: kind, from: position + length) }
        if text[position] == 0x20, position + 1 < text.count {
            let (next, nextLength) = self.kind(at: position + 1)
            if next != .space { return run(of: next, from: position + 1 + nextLength) }
        }
        return spaces(from: position)
    }

    private static let clipNames = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.utf8) }

    mutating func clip(at position: Int, namesSpecials: Bool) -> Int {
        if namesSpecials, text[position] == UInt8(ascii: "<") {
            for name in Self.clipNames where text[position...].starts(with: name) {
                return position + name.count
            }
        }
        let contraction = contraction(at: position, foldsCase: false)
        if contraction > 0 { return position + contraction }
        let (kind, length) = kind(at: position)
        switch kind {
        case .space: return position
        case .number: return position + length
        case .letter, .other: return run(of: kind, from: position + length)
        }
    }

    mutating func gpt4(at position: Int, digits: Int) -> Int {
        let contraction = contraction(at: position, foldsCase: true)
        if contraction > 0 { return position + contraction }
        let (kind, length) = kind(at: position)
        switch kind {
        case .letter: return run(of: .letter, from: position + length)
        case .number:
            var end = position + length
            for _ in 1..<digits where end < text.count {
                let (next, length) = self.kind(at: end)
                guard next == .number else { break }
                end += length
            }
            return end
        case .space, .other: break
        }
        // One character that is neither letter, number nor line break goes with the letters.
        let first = text[position]
        let isLineBreak = first == 0x0A || first == 0x0D
        let second = position + length
        if !isLineBreak, second < text.count {
            let (next, nextLength) = self.kind(at: second)
            if next == .letter { return run(of: .letter, from: second + nextLength) }
            if first == 0x20, next == .other { return signs(from: second) }
        }
        if kind == .other { return signs(from: position) }
        // `\s*[\r\n]+`: white space as far as the last line break in it.
        let end = run(of: .space, from: position)
        var last = end
        while last > position, text[last - 1] != 0x0A, text[last - 1] != 0x0D { last -= 1 }
        if last > position { return last }
        return spaces(from: position)
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*`
    @inline(__always)
    private func signs(from position: Int) -> Int {
        var end = run(of: .other, from: position)
        while end < text.count, text[end] == 0x0A || text[end] == 0x0D { end += 1 }
        return end
    }
}
