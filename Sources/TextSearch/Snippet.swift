package import Corpus

extension TextStore {
    /// - Parameters:
    ///   - terms: as in `TextSearchResult`, with what each is worth.
    ///   - maximumCharacters: of the line, dots included; at least 2.
    /// - Returns: nil when there is no such row.
    package func snippet(
        row: Int64, terms: [String: Double], maximumCharacters: Int = 160
    ) throws -> Snippet? {
        try passage(row).map {
            try snippet(of: $0.passage, terms: terms, maximumCharacters: maximumCharacters)
        }
    }

    /// The same of a passage that was read already.
    package func snippet(
        of passage: Passage, terms: [String: Double], maximumCharacters: Int = 160
    ) throws -> Snippet {
        let rules = try reading { $0.rules }
        let wanted = SnippetTerms(terms, tokenizer: tokenizer, rules: rules)
        return Snippet(
            of: passage.text, words: wanted.words(of: passage, tokenizer),
            maximumCharacters: maximumCharacters)
    }
}

/// The terms of a query, by what a passage may call them.
private struct SnippetTerms {
    private var worths: [String: (term: String, worth: Double)] = [:]
    /// Beginnings of words, without their `*`.
    private var beginnings: [(text: String, term: String, worth: Double)] = []

    init(_ terms: [String: Double], tokenizer: TermTokenizer, rules: [StemmingRule]) {
        for (term, worth) in terms {
            if term.hasSuffix("*") {
                let last = term.dropLast().split(separator: " ").last.map(String.init)
                if let last { beginnings.append((last, term, worth)) }
                continue
            }
            // A word of characters is as it stands, and stemming leaves it so.
            for spelling in tokenizer.spellings(of: term, rules: rules) + [term]
            where worths[spelling].map({ $0.worth < worth }) ?? true {
                worths[spelling] = (term, worth)
            }
        }
    }

    /// Every word, and every pair of characters that was searched for, by its place.
    func words(of passage: Passage, _ tokenizer: TermTokenizer) -> [SnippetWord] {
        var words: [SnippetWord] = []
        let rule = tokenizer.stemmer.rule(for: passage.language)
        tokenizer.forEachRankingTerm(in: passage.text) { term in
            let spelled = String(decoding: term.folded, as: UTF8.self)
            let indexed =
                term.kind == .word ? tokenizer.stemmer.stem(of: spelled, by: rule) : spelled
            let beginning = beginnings.first { spelled.hasPrefix($0.text) }
            let found = worths[indexed] ?? beginning.map { ($0.term, $0.worth) }
            guard term.kind != .bigram || found != nil else { return }
            words.append(
                SnippetWord(range: term.range, term: found?.term ?? "", worth: found?.worth))
        }
        return words.sorted {
            ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound)
        }
    }
}

struct SnippetWord {
    var range: Range<Int>  // bytes
    /// The query's term.
    var term: String
    /// Nil for a word that was not searched for.
    var worth: Double?
}

extension Snippet {
    /// - Parameter words: of the text, by place.
    init(of text: String, words: [SnippetWord], maximumCharacters: Int) {
        precondition(maximumCharacters >= 2, "A snippet has room for a character and dots.")
        let line = SnippetLine(text)
        let places = words.map {
            Place(range: line.characters(in: $0.range), term: $0.term, worth: $0.worth)
        }
        let count = line.characters.count
        let window =
            count <= maximumCharacters
            ? 0..<count
            : line.withoutOuterBlanks(
                Self.window(around: places, count: count, room: maximumCharacters))
        self.init(pieces: [])
        if window.lowerBound > 0 { append("…", isMatch: false) }
        var start = window.lowerBound
        for place in places where place.worth != nil {
            // Two terms may stand in one character; the second is passed over.
            guard place.range.lowerBound >= start, place.range.upperBound <= window.upperBound,
                !place.range.isEmpty
            else { continue }
            append(String(line.characters[start..<place.range.lowerBound]), isMatch: false)
            append(String(line.characters[place.range]), isMatch: true)
            start = place.range.upperBound
        }
        append(String(line.characters[start..<window.upperBound]), isMatch: false)
        if window.upperBound < count { append("…", isMatch: false) }
    }

    private mutating func append(_ text: String, isMatch: Bool) {
        guard !text.isEmpty else { return }
        if let last = pieces.last, !last.isMatch, !isMatch {
            pieces[pieces.count - 1].text += text
        } else {
            pieces.append(Piece(text: text, isMatch: isMatch))
        }
    }

    /// A word's place in the line.
    private struct Place {
        var range: Range<Int>  // characters
        var term: String
        /// Nil for a word that was not searched for.
        var worth: Double?
    }

    /// The stretch of at most `room` characters, dots included, that is worth most, begun and
    /// ended between words where that is possible.
    private static func window(around places: [Place], count: Int, room: Int) -> Range<Int> {
        let inner = room - 2  // dots on both sides
        let matches = places.filter { $0.worth != nil }
        var best: (worth: Double, range: Range<Int>) = (0, 0..<0)
        for first in matches.indices {
            var worths: [String: Double] = [:]
            var end = matches[first].range.lowerBound
            for match in matches[first...] {
                guard match.range.upperBound - matches[first].range.lowerBound <= inner else {
                    break
                }
                end = match.range.upperBound
                // A repeat is worth a little, another term much more.
                worths[match.term, default: 0] +=
                    (match.worth ?? 0) * (worths[match.term] == nil ? 1 : 0.05)
            }
            let worth = worths.values.reduce(0, +)
            if worth > best.worth { best = (worth, matches[first].range.lowerBound..<end) }
        }
        // What room is left goes half before and half after, as far as the text reaches.
        let spare = inner - best.range.count
        var start = max(0, best.range.lowerBound - spare / 2)
        var end = min(count, start + inner)
        start = max(0, min(start, end - inner))
        // Dots are needed on one side only at the beginning or the end of the text.
        if start == 0 { end = min(count, room - 1) }
        if end == count { start = max(0, count - (room - 1)) }
        // Not inside a word, unless a single word is wider than the room.
        if start > 0, let cut = places.first(where: { $0.range.contains(start - 1) }),
            cut.range.upperBound > start, cut.range.upperBound <= best.range.lowerBound
        {
            start = cut.range.upperBound
        }
        if end < count, let cut = places.last(where: { $0.range.contains(end) }),
            cut.range.lowerBound < end, cut.range.lowerBound >= best.range.upperBound,
            cut.range.lowerBound > start
        {
            end = cut.range.lowerBound
        }
        return start..<end
    }
}

/// A text as one line of characters, each of them where it was.
private struct SnippetLine {
    var characters: [Character] = []
    /// Byte at which each character begins, and the end.
    private var offsets: [Int] = []

    init(_ text: String) {
        var offset = 0
        for character in text {
            offsets.append(offset)
            offset += character.utf8.count
            characters.append(Self.isBlank(character) ? " " : character)
        }
        offsets.append(offset)
    }

    /// Line breaks, tabs and other control characters.
    private static func isBlank(_ character: Character) -> Bool {
        // Looking up Unicode's properties took a quarter of a search.
        if let byte = character.asciiValue { return byte <= 0x20 || byte == 0x7f }
        return character.isNewline || character.isWhitespace
            || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }

    /// A stretch of the line without the blanks where it was cut.
    func withoutOuterBlanks(_ stretch: Range<Int>) -> Range<Int> {
        var (start, end) = (stretch.lowerBound, stretch.upperBound)
        while start > 0, start < end, characters[start] == " " { start += 1 }
        while end < characters.count, start < end, characters[end - 1] == " " { end -= 1 }
        return start..<end
    }

    /// The characters that hold a range of bytes.
    func characters(in bytes: Range<Int>) -> Range<Int> {
        let start = max(0, offsets.partitionIndex { $0 > bytes.lowerBound } - 1)
        let end = min(characters.count, offsets.partitionIndex { $0 >= bytes.upperBound })
        return start..<max(start, end)
    }
}
