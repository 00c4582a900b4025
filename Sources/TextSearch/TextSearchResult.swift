package import Corpus

/// What a search of the text found, and what it looked for.
package struct TextSearchResult: Sendable, Equatable {
    /// Best first; equal scores by row.
    package var matches: [TextMatch]
    /// Terms of the query, in its order, without repeats.
    package var queryTerms: [QueryTerm]
    /// Passages that hold at least one of the terms looked for.
    package var matchCount: Int
    /// Passages searched.
    package var passageCount: Int
    /// Different terms that were left out because the query had too many.
    package var droppedTermCount: Int
    /// What a term is worth that no passage holds: the most a term can be.
    package var unknownTermWorth: Double

    package init(
        matches: [TextMatch], queryTerms: [QueryTerm], matchCount: Int, passageCount: Int,
        droppedTermCount: Int = 0, unknownTermWorth: Double = 0
    ) {
        self.matches = matches
        self.queryTerms = queryTerms
        self.matchCount = matchCount
        self.passageCount = passageCount
        self.droppedTermCount = droppedTermCount
        self.unknownTermWorth = unknownTermWorth
    }

    /// The score of a passage of average length and weight that holds every term of the query
    /// once: what a good answer would have.
    package var fullMarks: Double {
        queryTerms.filter { !$0.isStopWord }.reduce(0) { sum, term in
            let worth =
                term.documentFrequency > 0 ? term.inverseDocumentFrequency : unknownTermWorth
            return sum + worth * Double(term.repeats)
        }
    }
}

/// A passage that holds at least one term of the query.
package struct TextMatch: Sendable, Equatable {
    package var row: Int64
    package var asset: AssetID
    /// Number among the asset's passages.
    package var ordinal: Int
    /// TF-IDF, above 0, of no fixed scale: `TextRanking` says how.
    package var score: Double
    /// What each term added to the score.
    package var worths: TermWorths
    package var terms: [String: Double] { worths.byTerm }

    package init(row: Int64, asset: AssetID, ordinal: Int, score: Double, worths: TermWorths) {
        self.row = row
        self.asset = asset
        self.ordinal = ordinal
        self.score = score
        self.worths = worths
    }
}

package struct QueryTerm: Sendable, Equatable {
    /// As folded by the tokenizer.
    package var term: String
    /// Times the query has it.
    package var repeats: Int
    /// A word like *the*, passed over because others say more.
    package var isStopWord: Bool
    /// Passages that hold it; 0 for a stop word passed over.
    package var documentFrequency: Int
    /// ln(1 + N / df); 0 when no passage holds it.
    package var inverseDocumentFrequency: Double

    package init(
        term: String, repeats: Int, isStopWord: Bool, documentFrequency: Int,
        inverseDocumentFrequency: Double
    ) {
        self.term = term
        self.repeats = repeats
        self.isStopWord = isStopWord
        self.documentFrequency = documentFrequency
        self.inverseDocumentFrequency = inverseDocumentFrequency
    }
}
