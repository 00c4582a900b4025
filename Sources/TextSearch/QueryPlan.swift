import Corpus

/// A query as the index knows it: the terms to weigh, and which passages each clause admits.
struct QueryPlan {
    struct Term {
        /// As the searcher spelled it, folded; a beginning ends in `*`.
        var name: String
        /// What the index may call it: the stem in each language of the library.
        var spellings: [String]
        var repeats: Int
        var isStopWord: Bool
        /// Index among the limits; nil for none.
        var limit: Int?
    }

    /// Passages in which a clause counts.
    struct Limit {
        /// Codes of sources; empty for every one.
        var sources: Set<UInt8>
        /// Rows that hold the phrase or the beginning; nil for every one.
        var rows: RowSet?
        /// The beginning that these rows hold stands for a term of its own.
        var isTerm = false

        func admits(row: Int64, source: UInt8) -> Bool {
            (sources.isEmpty || sources.contains(source)) && rows?.contains(row) != false
        }
    }

    private(set) var terms: [Term] = []
    private(set) var limits: [Limit] = []
    /// Different terms that were left out because the query had too many.
    private(set) var droppedTermCount = 0

    /// Phrases and beginnings of a query that are looked up; further ones are left out. Each is a
    /// search of its own.
    static let lookupLimit = 32

    init(_ query: TextQuery, store: TextStore, rules: [StemmingRule], termLimit: Int) throws {
        var places: [Name: Int] = [:]
        for clause in query.clauses where !clause.isExcluded {
            let start = terms.count
            guard let limit = try addLimit(of: clause, store: store) else { continue }
            if clause.form == .prefix {
                add(
                    Term(
                        name: Self.foldedPrefix(clause.boundedText, store.tokenizer) + "*",
                        spellings: [], repeats: 1, isStopWord: false, limit: limit.index),
                    to: &places, termLimit: termLimit)
                continue
            }
            store.tokenizer.forEachRankingTerm(in: clause.boundedText) { term in
                let name = String(decoding: term.folded, as: UTF8.self)
                add(
                    Term(
                        name: name,
                        spellings: term.kind == .word
                            ? store.tokenizer.spellings(of: name, rules: rules) : [name],
                        repeats: 1, isStopWord: StopWords.english.contains(name),
                        limit: limit.index),
                    to: &places, termLimit: termLimit)
            }
            // Who asks for `title:the` or "to be or not to be" wants these words.
            if limit.index != nil { weighAll(in: start..<terms.count) }
        }
        weighAll(in: terms.indices)
    }

    private struct Name: Hashable {
        var spellings: [String]
        var name: String
        var limit: Int?
    }

    private mutating func add(_ term: Term, to places: inout [Name: Int], termLimit: Int) {
        let name = Name(
            spellings: term.spellings, name: term.spellings.isEmpty ? term.name : "",
            limit: term.limit)
        if let place = places[name] {
            if place < terms.count { terms[place].repeats += 1 }
            return
        }
        guard terms.count < termLimit else {
            places[name] = .max
            droppedTermCount += 1
            return
        }
        places[name] = terms.count
        terms.append(term)
    }

    /// Stop words are passed over as long as another word remains.
    private mutating func weighAll(in places: Range<Int>) {
        guard terms[places].allSatisfy(\.isStopWord) else { return }
        for place in places { terms[place].isStopWord = false }
    }

    /// - Returns: nil when there have been too many lookups already; an index of nil when the
    ///   clause counts everywhere.
    private mutating func addLimit(
        of clause: TextQuery.Clause, store: TextStore
    ) throws -> (index: Int?, Void)? {
        let needsLookup = clause.form != .words
        guard needsLookup || !clause.fields.isEmpty else { return (nil, ()) }
        if needsLookup, limits.count(where: { $0.rows != nil }) >= Self.lookupLimit {
            droppedTermCount += 1
            return nil
        }
        let limit = Limit(
            sources: Set(clause.fields.map(\.code)),
            rows: needsLookup ? try store.rows(matching: clause) : nil,
            isTerm: clause.form == .prefix)
        if !needsLookup,
            let same = limits.firstIndex(where: { $0.rows == nil && $0.sources == limit.sources })
        {
            return (same, ())
        }
        limits.append(limit)
        return (limits.count - 1, ())
    }

    static func foldedPrefix(_ text: String, _ tokenizer: TermTokenizer) -> String {
        tokenizer.foldedWords(of: text).joined(separator: " ")
    }
}

extension TextQuery.Clause {
    /// A longer phrase, or beginning, counts as its first words.
    private static let phraseLimit = 1000  // characters

    var boundedText: String {
        let start = text.prefix(Self.phraseLimit)
        guard form != .words, start.endIndex < text.endIndex else { return text }
        return String(start.lastIndex(where: \.isWhitespace).map { start[..<$0] } ?? start)
    }
}

extension TermTokenizer {
    /// What a word may be called in an index made by these rules; without repeats.
    func spellings(of folded: String, rules: [StemmingRule]) -> [String] {
        var spellings: [String] = []
        for rule in rules {
            let stem = stemmer.stem(of: folded, by: rule)
            if !spellings.contains(stem) { spellings.append(stem) }
        }
        return spellings.isEmpty ? [folded] : spellings.sorted()
    }

    func foldedWords(of text: String) -> [String] {
        var text = text
        var words: [String] = []
        text.withUTF8 { utf8 in
            forEachWord(in: utf8) {
                words.append(String(decoding: $0.folded, as: UTF8.self))
                return true
            }
        }
        return words
    }
}
