/// Ranks texts that are given for a query, as precedents are ranked: for test collections, whose
/// texts have no charges.
package struct CandidateRanking {
    package enum Method: String, Sendable, CaseIterable {
        case bm25, tfidf
        /// BM25, then likeness of the whole texts and of their elements.
        case fused
    }

    private let index: CaseTextIndex
    private let texts: [String]

    /// - Parameters:
    ///   - texts: text n is number n.
    ///   - folder: holds the index's file, which the caller removes.
    package init(_ texts: [String], folder: String) throws {
        self.texts = texts
        var builder = TextSegmentBuilder()
        try builder.add(texts.enumerated().map { (id: Int64($0), fact: $1) })
        try builder.write(to: folder + "/" + CasePaths.textSegmentPrefix)
        index = CaseTextIndex(
            segments: [try TextSegment(path: folder + "/" + CasePaths.textSegmentPrefix)])
    }

    /// - Parameter candidates: numbers of texts; nil for the best hundred of all.
    /// - Returns: every candidate, best first; those without a word of the query last.
    package func ranking(
        of query: String, among candidates: [Int]?, by method: Method,
        shares: PrecedentShares = PrecedentShares()
    ) throws -> [(number: Int, score: Double)] {
        let allowed = candidates.map { $0.map(Int64.init).sorted() }
        var ranking = CaseTextRanking()
        if method == .tfidf { ranking.formula = .tfidf }
        var found = try index.search(
            query, top: candidates?.count ?? 100, allowed: allowed, ranking: ranking)
        if method == .fused {
            found = try PrecedentOrder(query: query, index: index, shares: shares).ordered(
                found.map { match in
                    (match: match, fact: texts[Int(match.id)])
                })
        }
        let ranked = found.map { (number: Int($0.id), score: $0.score) }
        let seen = Set(ranked.map(\.number))
        return ranked + (candidates ?? []).filter { !seen.contains($0) }.map { ($0, 0) }
    }
}

/// What counts how much in the final order of precedents.
package struct PrecedentShares: Sendable, Equatable {
    /// Likeness of the whole facts beside the channels' score, 0…1. Both were chosen on one corpus
    /// and told on others (Benchmarks/cases/report.md); at 1 meaning would have no say in the order.
    package var likeness = 0.9
    /// Likeness of the elements beside both, 0…1.
    package var elements = 0.15

    package init() {}

    func score(_ channels: Double, likeness cosine: Double, elements alike: Double) -> Double {
        (1 - elements) * ((1 - likeness) * channels + likeness * cosine) + elements * alike
    }
}

/// The final order of candidates: how well their words match, how alike the whole facts are, and how
/// alike their elements.
struct PrecedentOrder {
    private let likeness: FactLikeness
    private let elements: CaseElements
    private let shares: PrecedentShares

    init(query: String, index: CaseTextIndex, shares: PrecedentShares) throws {
        likeness = try FactLikeness(to: query, in: index)
        elements = ElementReader.elements(of: query)
        self.shares = shares
    }

    func likeness(of fact: String) throws -> Double { try likeness.cosine(with: fact) }

    func elementLikeness(_ other: CaseElements) -> Double {
        ElementComparison(elements, other).similarity
    }

    func ordered(
        _ found: [(match: CaseTextIndex.Match, fact: String)]
    ) throws -> [CaseTextIndex.Match] {
        let best = found.first?.match.score ?? 1
        let cosines = try found.map { try likeness(of: $0.fact) }
        let highest = max(cosines.max() ?? 0, 1e-9)
        return zip(found, cosines).map { candidate, cosine in
            CaseTextIndex.Match(
                id: candidate.match.id,
                score: shares.score(
                    candidate.match.score / best, likeness: cosine / highest,
                    elements: elementLikeness(ElementReader.elements(of: candidate.fact))))
        }
        .sorted { ($0.score, $0.id) > ($1.score, $1.id) }
    }
}
