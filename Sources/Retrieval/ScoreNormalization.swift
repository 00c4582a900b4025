/// Brings a channel's own scale to 0…1, so that no channel swamps another in the sum.
///
/// Unnormalised TF-IDF sums are unbounded and CLIP's cosines live in a narrow band: added as they
/// are, one channel decides alone.
enum ScoreNormalization {
    /// Linear between a channel's lowest and highest candidate (min-max).
    ///
    /// - Parameters:
    ///   - floor: stands for the lowest when given: a row without a query word has TF-IDF 0.
    ///   - ceiling: keeps a channel whose best is poor from claiming 1.
    static func minMax(_ raw: [Double], floor: Double? = nil, ceiling: Double? = nil) -> [Double] {
        guard let lowest = raw.min(), let highest = raw.max() else { return [] }
        let low = floor ?? lowest
        let high = max(highest, ceiling ?? highest)
        // All equal, as the only picture of a library is: all are the best there is.
        guard high > low else { return raw.map { _ in 1 } }
        return raw.map { min(1, max(0, ($0 - low) / (high - low))) }
    }
}
