import Corpus

extension TextQuery {
    /// Reads words, `"phrases"`, `pre*`, `-word`, `-"a phrase"`, `field:word`, `field:"a phrase"`.
    ///
    /// Nothing is a mistake: what is no syntax is words. A quote without its twin, a field that
    /// does not exist (`http://x`), a `*` or `-` with nothing to it are passed over or kept as
    /// text. The fields are those of `PassageSource.fieldNames`.
    package init(parsing query: String) {
        var reader = QueryReader(query)
        var clauses: [Clause] = []
        while let clause = reader.next() {
            // Plain words belong together, whatever stands between them.
            if clause.isPlainWords, let place = clauses.firstIndex(where: \.isPlainWords) {
                clauses[place].text += " " + clause.text
            } else {
                clauses.append(clause)
            }
        }
        self.clauses = clauses
    }
}

extension TextQuery.Clause {
    fileprivate var isPlainWords: Bool { form == .words && fields.isEmpty && !isExcluded }
}

/// Walks a query from clause to clause.
private struct QueryReader {
    private let characters: [Character]
    private var place = 0
    /// Places of the quotes that have a twin, which each stands under.
    private var twins: [Int: Int] = [:]

    init(_ query: String) {
        characters = Array(query)
        var open: Int?
        for (place, character) in characters.enumerated() where Self.isQuote(character) {
            if let start = open {
                twins[start] = place
                open = nil
            } else {
                open = place
            }
        }
    }

    private static func isQuote(_ character: Character) -> Bool {
        "\"“”„«»".contains(character)
    }

    /// White space and control characters; a NUL is one.
    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace
            || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }

    mutating func next() -> TextQuery.Clause? {
        while place < characters.count {
            if Self.isBlank(characters[place]) {
                place += 1
                continue
            }
            let isExcluded = takeMinus()
            let fields = takeField()
            if let clause = takePhrase() ?? takeWord() {
                var clause = clause
                clause.fields = fields
                clause.isExcluded = isExcluded
                return clause
            }
        }
        return nil
    }

    /// A minus counts at the beginning of a word, with something right behind it.
    private mutating func takeMinus() -> Bool {
        guard characters[place] == "-", place + 1 < characters.count,
            characters[place + 1] != "-", !Self.isBlank(characters[place + 1]),
            place == 0 || characters[place - 1] != "-"
        else { return false }
        place += 1
        return true
    }

    private mutating func takeField() -> Set<PassageSource> {
        let rest = characters[place...].prefix(16)
        guard let colon = rest.firstIndex(of: ":"), colon + 1 < characters.count,
            !Self.isBlank(characters[colon + 1]),
            let field = PassageSource.fieldNames[String(characters[place..<colon]).lowercased()]
        else { return [] }
        place = colon + 1
        return [field]
    }

    private mutating func takePhrase() -> TextQuery.Clause? {
        guard place < characters.count, let end = twins[place] else { return nil }
        let text = String(characters[place + 1..<end])
        place = end + 1
        return text.allSatisfy(Self.isBlank) ? nil : TextQuery.Clause(text: text, form: .phrase)
    }

    private mutating func takeWord() -> TextQuery.Clause? {
        let start = place
        while place < characters.count, !Self.isBlank(characters[place]),
            place == start || twins[place] == nil
        {
            place += 1
        }
        var word = characters[start..<place].filter { !Self.isQuote($0) }
        let isPrefix = word.last == "*" && word.contains { $0.isLetter || $0.isNumber }
        if isPrefix { while word.last == "*" { word.removeLast() } }
        guard !word.isEmpty else { return nil }
        return TextQuery.Clause(text: String(word), form: isPrefix ? .prefix : .words)
    }
}
