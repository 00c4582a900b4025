package import Corpus

/// What to look for, and how much each channel counts.
package struct Query: Sendable {
    package var text: String
    /// Relative weights; a channel that is absent or 0 does not run.
    package var weights: [Channel: Double]
    /// How many moments to return.
    package var top: Int
    /// Only assets of this kind.
    package var kind: AssetKind?
    /// Only assets whose path matches this shell pattern.
    package var pathPattern: String?

    package init(
        text: String, weights: [Channel: Double] = Query.defaultWeights, top: Int = 10,
        kind: AssetKind? = nil, pathPattern: String? = nil
    ) {
        precondition(
            weights.values.allSatisfy { $0 >= 0 && $0.isFinite }, "Weights are not negative.")
        self.text = text
        self.weights = weights
        self.top = top
        self.kind = kind
        self.pathPattern = pathPattern
    }

    package static let defaultWeights: [Channel: Double] = [.keywords: 1, .frames: 1, .meaning: 1]
}
