/// An asset among the results, with its best moment and how many more there are.
package struct AssetHit: Sendable, Equatable {
    package var asset: Asset
    /// The best moment's score and the bonus.
    package var score: Double
    /// What further moments add: a little each, and never more than the ranking allows.
    package var bonus: Double
    /// Places among the hits, best first.
    package var hits: [Int]

    package init(asset: Asset, score: Double, bonus: Double, hits: [Int]) {
        self.asset = asset
        self.score = score
        self.bonus = bonus
        self.hits = hits
    }
}
