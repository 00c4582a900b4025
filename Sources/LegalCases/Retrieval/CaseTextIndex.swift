internal import Glibc
internal import Tensors

/// How a case's words are weighed against a query's.
package struct CaseTextRanking: Sendable, Equatable {
    package enum Formula: Sendable, Equatable {
        /// Robertson and Zaragoza 2009, with the inverse frequency that is never negative:
        /// ln(1 + (N − n + ½) / (n + ½)).
        case bm25(k1: Double, b: Double)
        /// (1 + ln count) · ln((1 + N) / (1 + n))², over the root of the length.
        case tfidf
    }

    package var formula = Formula.bm25(k1: 1.5, b: 0.75)
    /// How much words count beside pairs of characters; 0 leaves them out.
    package var wordShare = 0.0

    package init() {}
}

/// The text index of all cases: searched segment by segment, ranked as one.
package struct CaseTextIndex: Sendable {
    package struct Match: Sendable, Equatable {
        package var id: Int64
        /// Above 0; only its order means something.
        package var score: Double
    }

    let segments: [TextSegment]

    package var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// The best cases for a fact, best first; equal ones by rising id.
    /// - Parameter allowed: ids that may be found, ascending; nil for all.
    package func search(
        _ fact: String, top: Int, allowed: [Int64]? = nil,
        ranking: CaseTextRanking = CaseTextRanking()
    ) throws -> [Match] {
        guard top > 0 else { return [] }
        let query = try weighed(FactTerms(TextSegment.terms).counts(of: fact), ranking)
        let windows = segments.flatMap { segment -> [CaseWindow] in
            let flags = allowed.map { segment.flags(of: $0) ?? [] }
            return stride(from: 0, to: segment.count, by: CaseWindow.size).map { start in
                CaseWindow(
                    segment: segment,
                    places: start..<min(start + CaseWindow.size, segment.count), flags: flags)
            }
        }.filter(\.hasAllowed)
        let averages = averageLengths()
        let found = try Parallelism.map(windows.count) { number in
            windows[number].best(top, query, ranking, averages)
        }
        return Array(
            found.joined().sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(top))
    }

    /// Of each field, over all cases; 1 or more.
    private func averageLengths() -> [TextSegment.Field: Double] {
        var averages: [TextSegment.Field: Double] = [:]
        for field in TextSegment.Field.allCases {
            let total = segments.reduce(0) { $0 + ($1.totals[field] ?? 0) }
            averages[field] = max(1, total / Double(max(1, count)))
        }
        return averages
    }

    struct QueryTerm: Sendable {
        var key: UInt64
        /// The query's count times the inverse frequency times the field's share.
        var weight: Float
        var field: TextSegment.Field
    }

    private func weighed(
        _ counts: [(key: UInt64, count: UInt32)], _ ranking: CaseTextRanking
    ) -> [QueryTerm] {
        let total = Double(count)
        return counts.sorted { $0.key < $1.key }.compactMap { key, count in
            let field = TextSegment.field(of: key)
            let share = field == .pairs ? 1 : ranking.wordShare
            guard share > 0 else { return nil }
            let cases = segments.reduce(0) { $0 + $1.postings(of: key).count }
            guard cases > 0 else { return nil }
            let inverse: Double
            switch ranking.formula {
            case .bm25: inverse = log(1 + (total - Double(cases) + 0.5) / (Double(cases) + 0.5))
            case .tfidf: inverse = pow(log((1 + total) / (1 + Double(cases))), 2)
            }
            return QueryTerm(
                key: key, weight: Float(Double(count) * inverse * share), field: field)
        }
    }
}
