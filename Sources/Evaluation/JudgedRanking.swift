internal import Glibc

/// A query's ranking as its judges see it, and the measures over it.
struct JudgedRanking {
    /// Level of each document, best first; nil where there is no judgement.
    var levels: [Int32?]
    /// Of all judged documents of the query, found or not.
    var totals: RelevanceJudgements.Totals

    func value(_ measure: RankingMeasure) -> Double {
        let seen = levels.prefix(measure.cutoff ?? .max)
        return switch measure.kind {
        case .nDCG:
            quotient(
                Self.discounted(seen.map { max(0, $0 ?? 0) }),
                Self.discounted(totals.gains.prefix(measure.cutoff ?? .max)))
        case .precision:
            quotient(Double(relevantCount(seen)), Double(measure.cutoff ?? levels.count))
        case .recall:
            quotient(Double(relevantCount(seen)), Double(totals.relevantCount))
        case .averagePrecision:
            quotient(Self.summedPrecision(seen), Double(totals.relevantCount))
        case .reciprocalRank:
            seen.firstIndex(where: Self.isRelevant).map { 1 / Double($0 + 1) } ?? 0
        case .success:
            seen.contains(where: Self.isRelevant) ? 1 : 0
        case .rPrecision:
            quotient(
                Double(relevantCount(levels.prefix(totals.relevantCount))),
                Double(totals.relevantCount))
        case .preference:
            quotient(summedPreference, Double(totals.relevantCount))
        }
    }

    private static func isRelevant(_ level: Int32?) -> Bool { (level ?? 0) > 0 }

    private func relevantCount(_ seen: ArraySlice<Int32?>) -> Int {
        seen.count(where: Self.isRelevant)
    }

    /// A query without relevant documents has nothing to find, and scores 0.
    private func quotient(_ part: Double, _ whole: Double) -> Double {
        whole > 0 ? part / whole : 0
    }

    /// Σ gain / log₂(rank + 1)
    private static func discounted(_ gains: some Sequence<Int32>) -> Double {
        gains.enumerated().reduce(0) { $0 + Double($1.element) / log2(Double($1.offset + 2)) }
    }

    private static func summedPrecision(_ seen: ArraySlice<Int32?>) -> Double {
        var found = 0
        return seen.enumerated().reduce(0) { sum, place in
            guard isRelevant(place.element) else { return sum }
            found += 1
            return sum + Double(found) / Double(place.offset + 1)
        }
    }

    /// Σ over relevant documents of 1 − min(n, R) / min(N, R): n judged not relevant before it, N
    /// of them in all, R relevant.
    private var summedPreference: Double {
        let most = min(totals.nonrelevantCount, totals.relevantCount)
        var before = 0
        var sum = 0.0
        for case let level? in levels {
            if level == 0 { before += 1 }
            guard level > 0 else { continue }
            sum += before > 0 ? 1 - Double(min(before, totals.relevantCount)) / Double(most) : 1
        }
        return sum
    }
}
