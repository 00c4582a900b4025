internal import Corpus
internal import TextSearch

/// Reads a query as `QueryExpression` describes it.
struct QueryParser {
    private let words: [Word]

    /// What stands between blanks outside quotes.
    private struct Word {
        var text: Substring

        /// Operators are never quoted.
        func isOperator(_ name: String) -> Bool { text == name }
    }

    private init(_ query: String) {
        words = Self.words(of: query)
    }

    static func parse(_ query: String) throws(RetrievalError) -> QueryExpression {
        try QueryParser(query).expression()
    }

    private static func words(of query: String) -> [Word] {
        var words: [Word] = []
        var start: String.Index?
        var isQuoted = false
        for index in query.indices {
            let character = query[index]
            // A quote that nothing closes is an ordinary character.
            if isQuote(character),
                isQuoted || query[query.index(after: index)...].contains(where: isQuote)
            {
                isQuoted.toggle()
            }
            if character.isWhitespace, !isQuoted {
                if let first = start { words.append(Word(text: query[first..<index])) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let first = start { words.append(Word(text: query[first...])) }
        return words
    }

    /// As `TextQuery` has them.
    private static func isQuote(_ character: Character) -> Bool {
        "\"“”„«»".contains(character)
    }

    private func expression() throws(RetrievalError) -> QueryExpression {
        var steps = Self.split(words[...], at: "THEN")
        var within: Double?
        if steps.count > 1, let last = steps.last, last.count > 2,
            last[last.endIndex - 2].isOperator("WITHIN")
        {
            let time = String(last[last.endIndex - 1].text)
            guard let seconds = MediaTime.seconds(time) else {
                throw .unreadableTime(operation: "WITHIN", text: time)
            }
            within = seconds
            steps[steps.count - 1] = last.dropLast(2)
        }
        var expression = QueryExpression(words: "")
        expression.withinSeconds = within
        expression.steps = []
        for step in steps {
            var parts: [QueryExpression.Part] = []
            for part in Self.split(step, at: "WHILE") { parts.append(try Self.part(part)) }
            expression.steps.append(QueryExpression.Step(parts: parts))
        }
        return expression
    }

    /// The stretches between an operator's places. An operator at the beginning or the end, or
    /// beside another, has nothing to join and is a word.
    private static func split(_ words: ArraySlice<Word>, at name: String) -> [ArraySlice<Word>] {
        var stretches: [ArraySlice<Word>] = []
        var start = words.startIndex
        for index in words.indices where words[index].isOperator(name) {
            guard index > start, index + 1 < words.endIndex,
                !words[index + 1].isOperator("THEN"), !words[index + 1].isOperator("WHILE")
            else { continue }
            stretches.append(words[start..<index])
            start = index + 1
        }
        stretches.append(words[start...])
        return stretches
    }

    private static func part(_ words: ArraySlice<Word>) throws(RetrievalError)
        -> QueryExpression.Part
    {
        var rest = words
        var part = QueryExpression.Part(
            source: words.map(\.text).joined(separator: " "),
            text: TextQuery(clauses: []))
        if words.count > 1, let first = words.first {
            if first.isOperator("SAID") { part.scope = .said }
            if first.isOperator("SEEN") { part.scope = .seen }
            if part.scope != .anywhere { rest = rest.dropFirst() }
        }
        var kept: [Substring] = []
        for word in rest {
            if let reference = try reference(word.text) {
                part.likes.append(reference)
            } else {
                kept.append(word.text)
            }
        }
        part.text = TextQuery(parsing: kept.joined(separator: " "))
        return part
    }

    /// `like:ASSET@TIME` or `like:ASSET`, the asset in quotes when its name has blanks.
    private static func reference(_ word: Substring) throws(RetrievalError) -> MomentReference? {
        guard word.hasPrefix("like:") else { return nil }
        var name = word.dropFirst("like:".count)
        var time: Double?
        if let at = name.lastIndex(of: "@") {
            let text = String(name[name.index(after: at)...])
            // A name may hold the sign too.
            if let seconds = MediaTime.seconds(text) {
                time = seconds
                name = name[..<at]
            } else if !text.contains(where: { $0.isLetter }) {
                throw .unreadableTime(operation: "like:", text: text)
            }
        }
        let asset = name.filter { !isQuote($0) }
        return asset.isEmpty ? nil : MomentReference(asset: asset, timeSeconds: time)
    }
}

extension QueryExpression {
    /// Reads a query. Only a time that cannot be read is an error.
    package init(parsing query: String) throws(RetrievalError) {
        self = try QueryParser.parse(query)
    }
}
