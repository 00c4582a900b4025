package import Corpus
import SQLite

extension TextStore {
    /// The passages that score best for plain words: nothing in the text is interpreted, so
    /// nothing in it can be a mistake.
    package func search(
        _ query: String, limit: Int, where isWanted: ((AssetID) -> Bool)? = nil
    ) throws -> TextSearchResult {
        try search(TextQuery(words: query), limit: limit, where: isWanted)
    }

    /// The passages that score best for a query. One matches when it holds one of the words, or a
    /// whole phrase, of a clause that is wanted, and nothing of one that is excluded.
    /// - Parameters:
    ///   - limit: matches to return, 0 or more.
    ///   - isWanted: leaves out passages of other assets; nil for none.
    package func search(
        _ query: TextQuery, limit: Int, where isWanted: ((AssetID) -> Bool)? = nil
    ) throws -> TextSearchResult {
        precondition(limit >= 0, "A search has a limit.")
        return try reading { directory in
            let plan = try QueryPlan(
                query, store: self, rules: directory.rules, termLimit: ranking.termLimit)
            let terms = try plan.terms.map { try scoredTerm($0, plan, directory) }
            let scorer = PassageScorer(
                directory: directory, ranking: ranking, limits: plan.limits,
                filter: PassageFilter(
                    directory, isWanted: isWanted, excluded: try excludedRows(by: query, directory))
            )
            let best = scorer.best(
                min(limit, directory.passageCount), of: terms.filter { !$0.term.isStopWord })
            let matches = scorer.matches(best.rows, terms)
            return TextSearchResult(
                matches: matches.sorted { ($1.score, $0.row) < ($0.score, $1.row) },
                queryTerms: terms.map(QueryTerm.init), matchCount: best.matchCount,
                passageCount: directory.passageCount, droppedTermCount: plan.droppedTermCount,
                unknownTermWorth: ranking.idf(
                    passageCount: directory.passageCount, documentFrequency: 0))
        }
    }

    /// Runs `body` on one state of the database, with what was just added in it.
    func reading<Result>(_ body: (PassageDirectory) throws -> Result) throws -> Result {
        try postings.flush()
        let isCommitted = !connection.isInTransaction
        return try connection.snapshot {
            if let directory, directory.version == (try .init(of: connection)) {
                return try body(directory)
            }
            let current = try PassageDirectory(store: postings, ranking: ranking)
            // What a caller's own transaction has written may yet be taken back, unnoticed.
            directory = isCommitted || connection.isReadOnly ? current : nil
            return try body(current)
        }
    }

    private func scoredTerm(
        _ term: QueryPlan.Term, _ plan: QueryPlan, _ directory: PassageDirectory
    ) throws -> ScoredTerm {
        var scored = ScoredTerm(term: term, lists: [], runs: [], documentFrequency: 0, idf: 0)
        guard !term.isStopWord else { return scored }
        if let limit = term.limit.map({ plan.limits[$0] }), limit.isTerm, let rows = limit.rows {
            scored.lists = [PostingList(rows: rows)]
        } else {
            scored.lists = try term.spellings.flatMap { try directory.lists(of: $0, in: postings) }
        }
        scored.runs = scored.lists.flatMap(\.runs)
        scored.documentFrequency = min(
            directory.passageCount, scored.runs.reduce(0) { $0 + directory.liveCount(of: $1) })
        if scored.documentFrequency > 0 {
            scored.idf = ranking.idf(
                passageCount: directory.passageCount,
                documentFrequency: scored.documentFrequency)
        }
        return scored
    }
}

extension PassageScorer {
    /// The passages' scores worked out anew, term by term, in double precision.
    func matches(_ rows: [Int64], _ terms: [ScoredTerm]) -> [TextMatch] {
        let weighed = terms.filter { !$0.term.isStopWord }
        // Terms of one name, as of two fields, are one to whoever reads it.
        var names: [String] = []
        let places = weighed.map { term in
            if let known = names.firstIndex(of: term.term.name) { return known }
            names.append(term.term.name)
            return names.count - 1
        }
        let runs = zip(weighed, places).flatMap { term, place in
            term.runs.map { run in
                let weight = ranking.weight(occurrences: run.times)
                return WeighedRun(
                    run: run, place: place, limit: term.term.limit,
                    above: term.factor * weight.above,
                    below: weight.below)
            }
        }
        defer { withExtendedLifetime(terms) {} }
        var worths = [Double](repeating: .nan, count: rows.count * names.count)
        var known: [Double] = []
        let scores = rows.indices.map { index in
            let place = index * names.count
            weigh(rows[index], runs, &worths, from: place)
            // From the smallest up, so that it does not depend on the order of the terms.
            known.removeAll(keepingCapacity: true)
            for worth in worths[place..<place + names.count] where !worth.isNaN {
                known.append(worth)
            }
            known.sort()
            return known.reduce(0, +)
        }
        let table = TermWorths.Table(names: names, values: worths)
        return rows.indices.compactMap { index in
            guard let owner = directory.owner(of: rows[index]) else { return nil }
            return TextMatch(
                row: rows[index], asset: owner.asset, ordinal: owner.ordinal, score: scores[index],
                worths: TermWorths(table, place: index))
        }
    }

    /// A run of a query's term, with what it adds to the passages in it.
    private struct WeighedRun {
        var run: PostingRun
        /// Among the names.
        var place: Int
        var limit: Int?
        var above: Double
        var below: Double
    }

    /// Adds up what the terms are worth in a passage, from a place on.
    private func weigh(
        _ row: Int64, _ runs: [WeighedRun], _ worths: inout [Double], from place: Int
    ) {
        guard let facts = directory.facts(of: row) else { return }
        for weighed in runs
        where weighed.run.window == Int(row >> 16) && weighed.run.contains(UInt16(row & 0xffff)) {
            if let limit = weighed.limit,
                !limits[limit].admits(
                    row: row, source: SegmentDirectory.sourceCode(facts.sourceCode))
            {
                continue
            }
            let worth = facts.weight * weighed.above / (weighed.below + facts.lengthPart)
            let index = place + weighed.place
            worths[index] = worths[index].isNaN ? worth : worths[index] + worth
        }
    }
}

extension QueryTerm {
    fileprivate init(_ term: ScoredTerm) {
        self.init(
            term: term.term.name, repeats: term.term.repeats, isStopWord: term.term.isStopWord,
            documentFrequency: term.documentFrequency, inverseDocumentFrequency: term.idf)
    }
}
