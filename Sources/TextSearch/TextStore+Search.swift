package import Corpus
import SQLite

extension TextStore {
    package func search(
        _ query: TextQuery, limit: Int, where isWanted: ((AssetID) -> Bool)? = nil
    ) throws -> TextSearchResult {
        try search(query.plainText, limit: limit, where: isWanted)
    }

    /// The passages that an excluded clause of the query matches.
    package func excludedPassages(by query: TextQuery) throws -> ExcludedPassages { .none }

    /// The passages that score best for the words of any text a person types.
    ///
    /// A passage matches when it holds one of the words: there is no query language, so nothing
    /// in the text can be a mistake. FTS5 finds the postings; its own ranking is not used, being
    /// slower than the sum below once a common word matches half the library.
    /// - Parameters:
    ///   - limit: matches to return, 0 or more.
    ///   - isWanted: leaves out passages of other assets; nil for none.
    package func search(
        _ query: String, limit: Int, where isWanted: ((AssetID) -> Bool)? = nil
    ) throws -> TextSearchResult {
        precondition(limit >= 0, "A search has a limit.")
        let isCommitted = !connection.isInTransaction
        return try connection.snapshot {
            var terms = queryTerms(of: query)
            let dropped = max(0, terms.count - ranking.termLimit)
            terms.removeLast(dropped)
            let weights = try currentWeights(isCommitted: isCommitted)
            let postings = try terms.indices.filter { !terms[$0].isStopWord }.map { index in
                let postings = try self.postings(of: terms[index].term, weights)
                terms[index].documentFrequency = postings.count
                terms[index].inverseDocumentFrequency =
                    postings.isEmpty
                    ? 0
                    : ranking.idf(
                        passageCount: weights.rows.count, documentFrequency: postings.count)
                return TermPostings(query: terms[index], postings: postings)
            }
            let scored = best(
                min(limit, weights.rows.count), of: postings, weights,
                among: try isWanted.map { try wantedPassages(weights, where: $0) })
            return TextSearchResult(
                matches: try scored.best.map { try match($0, postings, weights) },
                queryTerms: terms, matchCount: scored.matchCount,
                passageCount: weights.rows.count, droppedTermCount: dropped,
                unknownTermWorth: ranking.idf(
                    passageCount: weights.rows.count, documentFrequency: 0))
        }
    }

    private func queryTerms(of query: String) -> [QueryTerm] {
        var terms: [QueryTerm] = []
        var places: [String: Int] = [:]
        for (term, _) in tokenizer.terms(in: query) {
            if let place = places[term] {
                terms[place].repeats += 1
                continue
            }
            places[term] = terms.count
            terms.append(
                QueryTerm(
                    term: term, repeats: 1, isStopWord: StopWords.english.contains(term),
                    documentFrequency: 0, inverseDocumentFrequency: 0))
        }
        guard !terms.allSatisfy(\.isStopWord) else {
            for place in terms.indices { terms[place].isStopWord = false }
            return terms
        }
        return terms
    }

    private func currentWeights(isCommitted: Bool) throws -> PassageWeights {
        if let weights, weights.version == (try PassageWeights.version(of: connection)) {
            return weights
        }
        let current = try PassageWeights(connection: connection, ranking: ranking)
        // What a caller's own transaction has written may yet be taken back, unnoticed.
        if isCommitted { weights = current }
        return current
    }

    // MARK: Postings

    /// The passages that hold a term, ascending.
    private func postings(of term: String, _ weights: PassageWeights) throws -> [Posting] {
        var postings: [Posting] = []
        var last: Int64?
        let statement = try connection.statement("SELECT doc FROM passage_terms WHERE term = ?1")
        // One row per occurrence, those of a passage together.
        try statement.forEachRow(term) { occurrence in
            let row = occurrence.int(0)
            if row == last {
                postings[postings.count - 1].occurrences += 1
                return true
            }
            guard let index = weights.index(of: row) else {
                throw TextSearchError.damagedIndex(term: term, row: row)
            }
            postings.append(Posting(index: index, occurrences: 1))
            last = row
            return true
        }
        return postings
    }

    // MARK: Scores

    private struct Scored {
        var best: [ScoredPassage]
        var matchCount: Int
    }

    /// For every place among all passages, whether its asset is wanted.
    private func wantedPassages(
        _ weights: PassageWeights, where isWanted: (AssetID) -> Bool
    ) throws -> [Bool] {
        var wanted = [Bool](repeating: false, count: weights.rows.count)
        var last: (asset: Int64, isWanted: Bool)?
        // By asset, so that each is asked about once.
        try connection.statement("SELECT asset, row FROM passages ORDER BY asset").forEachRow {
            let asset = $0.int(0)
            if last?.asset != asset {
                last = (asset, asset >= 0 && isWanted(AssetID(value: asset)))
            }
            if last?.isWanted == true, let index = weights.index(of: $0.int(1)) {
                wanted[index] = true
            }
            return true
        }
        return wanted
    }

    /// - Parameter wanted: passages that may match; nil for all.
    private func best(
        _ limit: Int, of postings: [TermPostings], _ weights: PassageWeights,
        among wanted: [Bool]?
    ) -> Scored {
        // One score per passage of the library: adding is then a matter of one addition.
        var scores = [Float](repeating: 0, count: weights.rows.count)
        for term in postings {
            let factor = Float(term.query.factor)
            for posting in term.postings {
                scores[posting.index] +=
                    factor * Float(ranking.weight(occurrences: posting.occurrences).above)
            }
        }
        var scored = Scored(best: [], matchCount: 0)
        var worst: Float = 0
        for index in scores.indices where scores[index] > 0 && wanted?[index] != false {
            scored.matchCount += 1
            let score = scores[index] * weights.factors[index]
            guard limit > 0, score > worst || scored.best.count < limit else { continue }
            scored.best.append(ScoredPassage(index: index, score: score))
            // Twice as many as asked for: keep the better half, and let no worse one in.
            if scored.best.count == 2 * limit {
                scored.best.sort()
                scored.best.removeLast(limit)
                worst = scored.best[limit - 1].score
            }
        }
        scored.best.sort()
        scored.best.removeLast(max(0, scored.best.count - limit))
        return scored
    }

    private func match(
        _ scored: ScoredPassage, _ postings: [TermPostings], _ weights: PassageWeights
    ) throws -> TextMatch {
        let row = weights.rows[scored.index]
        var terms: [String: Double] = [:]
        for term in postings {
            let place = term.postings.partitionIndex { $0.index >= scored.index }
            guard place < term.postings.count, term.postings[place].index == scored.index else {
                continue
            }
            terms[term.query.term] =
                term.query.factor
                * ranking.weight(occurrences: term.postings[place].occurrences).above
                * Double(weights.factors[scored.index])
        }
        let place = try connection.statement("SELECT asset, ordinal FROM passages WHERE row = ?1")
            .first(row) { ($0.int(0), Int($0.int(1))) }
        guard let place, place.0 >= 0 else { throw TextSearchError.damagedPassage(row: row) }
        return TextMatch(
            row: row, asset: AssetID(value: place.0), ordinal: place.1,
            score: Double(scored.score), terms: terms)
    }
}

/// A passage that holds a term.
private struct Posting {
    /// Place among all passages, as in `PassageWeights`.
    var index: Int
    var occurrences: Int
}

private struct TermPostings {
    var query: QueryTerm
    /// Ascending by index.
    var postings: [Posting]
}

private struct ScoredPassage: Comparable {
    var index: Int
    var score: Float

    /// Better comes first.
    static func < (left: Self, right: Self) -> Bool {
        left.score != right.score ? left.score > right.score : left.index < right.index
    }
}

extension QueryTerm {
    fileprivate var factor: Double { inverseDocumentFrequency * Double(repeats) }
}
