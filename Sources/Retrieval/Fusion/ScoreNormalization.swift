internal import Glibc

/// Brings a channel's own scale to one that can be added up, so that no channel swamps another.
///
/// Unnormalised TF-IDF sums are unbounded and CLIP's cosines live in a narrow band: added as they
/// are, one channel decides alone.
enum ScoreNormalization {
    /// Scores of a channel's candidates, and of what is not among them.
    struct Result: Equatable {
        var scores: [Double]
        var absent = 0.0
    }

    /// Linear between a channel's lowest and highest candidate (min-max).
    ///
    /// - Parameters:
    ///   - floor: stands for the lowest when given: a row without a query word has TF-IDF 0.
    ///   - ceiling: keeps a channel whose best is poor from claiming 1.
    static func minMax(_ raw: [Double], floor: Double? = nil, ceiling: Double? = nil) -> Result {
        guard let lowest = raw.min(), let highest = raw.max() else { return Result(scores: []) }
        let low = floor ?? lowest
        let high = max(highest, ceiling ?? highest)
        // All equal, as the only picture of a library is: all are the best there is.
        guard high > low else { return Result(scores: raw.map { _ in 1 }) }
        return Result(scores: raw.map { min(1, max(0, ($0 - low) / (high - low))) })
    }

    /// Standard deviations from the mean. What is absent is as bad as the worst candidate.
    static func zScores(_ raw: [Double]) -> Result {
        guard !raw.isEmpty else { return Result(scores: []) }
        let mean = raw.reduce(0, +) / Double(raw.count)
        let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)
        guard variance > 0 else { return Result(scores: raw.map { _ in 0 }) }
        let scores = raw.map { ($0 - mean) / variance.squareRoot() }
        return Result(scores: scores, absent: scores.min() ?? 0)
    }

    /// (k + 1) / (k + rank), so that the first has 1; candidates come best first, and equal ones
    /// share the better rank.
    static func reciprocalRanks(_ raw: [Double], k: Double = 60) -> Result {
        var rank = 0
        let scores = raw.indices.map { index in
            if index == 0 || raw[index] != raw[index - 1] { rank = index + 1 }
            return (k + 1) / (k + Double(rank))
        }
        return Result(scores: scores)
    }

    /// −log₁₀ of the false alarm rate, four powers of ten making 1.
    static func unlikelihood(_ falseAlarmRates: [Double]) -> Result {
        Result(scores: falseAlarmRates.map { min(1, max(0, -log10(max($0, 1e-12)) / 4)) })
    }
}
