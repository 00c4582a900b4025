package import Corpus

/// Brings the moments of an asset together.
///
/// The sum of all moments would let the longest video win; the best moment alone would let one
/// lucky frame beat an hour about the subject.
package enum AssetRanking {
    /// Share of a further moment's score that counts.
    static let bonusShare = 0.05
    package static let mostBonus = 0.1

    package static func assets(of hits: [Hit]) -> [AssetHit] {
        let places = Dictionary(grouping: hits.indices) { hits[$0].asset.id }
        return places.values.map { places in
            let bonus = places.dropFirst().reduce(0) { $0 + bonusShare * max(0, hits[$1].score) }
            let best = hits[places[0]]
            return AssetHit(
                asset: best.asset, score: best.score + min(mostBonus, bonus),
                bonus: min(mostBonus, bonus), hits: places)
        }
        .sorted { ($0.score, $1.hits[0]) > ($1.score, $0.hits[0]) }
    }
}
