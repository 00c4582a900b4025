/// How the scores of the channels are made comparable before they are added up.
package enum FusionMethod: String, Sendable, CaseIterable {
    /// Weighted sum of scores brought to 0…1 between the best and the worst candidate.
    case minMax = "minmax"
    /// Weighted sum of scores in standard deviations from the mean of the candidates.
    case zScore = "zscore"
    /// Weighted sum of how unlikely an unrelated query's best find is to score as high.
    case calibrated
    /// Reciprocal ranks (Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion"), k = 60.
    case reciprocalRank = "rrf"

    package static let `default` = FusionMethod.minMax
}
