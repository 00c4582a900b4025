/// How passages are ordered by their words; `TextRanking` has the formulas.
package enum KeywordRanking: String, Sendable, CaseIterable {
    case tfidf, bm25

    package static let `default` = KeywordRanking.tfidf
}
