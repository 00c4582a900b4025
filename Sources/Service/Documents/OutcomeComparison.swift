/// Which golden queries a change made better, and which worse.
package struct OutcomeComparison: Codable, Sendable, Equatable {
    package struct Change: Codable, Sendable, Equatable {
        package var query: String
        /// Rank of the first right moment, from 1; nil when none was shown.
        package var before: Int?
        package var after: Int?
    }

    package var wins: [Change] = []
    package var losses: [Change] = []
    package var ties: [Change] = []
    /// Queries of only one of the two reports.
    package var unmatched = 0
    /// Mean reciprocal rank over the queries of both.
    package var mrrBefore = 0.0
    package var mrrAfter = 0.0

    enum CodingKeys: String, CodingKey {
        case wins, losses, ties, unmatched
        case mrrBefore = "mrr_before"
        case mrrAfter = "mrr_after"
    }

    package init(
        before: [LibraryEvaluation.Outcome], after: [LibraryEvaluation.Outcome]
    ) {
        let earlier = Dictionary(before.map { ($0.query, $0) }) { first, _ in first }
        var matched: Set<String> = []
        for outcome in after {
            guard let known = earlier[outcome.query], matched.insert(outcome.query).inserted else {
                unmatched += 1
                continue
            }
            let change = Change(query: outcome.query, before: known.rank, after: outcome.rank)
            let (old, new) = (Self.reciprocal(known.rank), Self.reciprocal(outcome.rank))
            mrrBefore += old
            mrrAfter += new
            if new > old {
                wins.append(change)
            } else if new < old {
                losses.append(change)
            } else {
                ties.append(change)
            }
        }
        unmatched += before.count - matched.count
        guard !matched.isEmpty else { return }
        mrrBefore /= Double(matched.count)
        mrrAfter /= Double(matched.count)
    }

    private static func reciprocal(_ rank: Int?) -> Double { rank.map { 1 / Double($0) } ?? 0 }
}
