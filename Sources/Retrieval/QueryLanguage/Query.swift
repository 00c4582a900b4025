package import Corpus

/// What to look for, where, and how the channels are brought together.
package struct Query: Sendable {
    package var expression: QueryExpression
    /// A picture to look for, alone or together with the words.
    package var picture: Picture?
    /// Relative weights; a channel that is absent or 0 does not run.
    package var weights: [Channel: Double] = Query.defaultWeights
    package var fusion = FusionMethod.default
    /// Nil to leave the hits in the order of their fused scores.
    package var reranking: RerankSettings?
    /// How many moments to return.
    package var top = 10
    package var filter = AssetFilter()
    /// Moments are left out whose confidence is known and lower, 0…1.
    package var minimumConfidence = 0.0

    package init(_ expression: QueryExpression) { self.expression = expression }

    package static let defaultWeights: [Channel: Double] = [.keywords: 1, .frames: 1, .meaning: 1]
}
