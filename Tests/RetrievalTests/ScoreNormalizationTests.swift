import Testing

@testable import Retrieval

@Suite struct ScoreNormalizationTests {
    @Test(
        arguments: [
            ([2.0, 1, 0], nil, nil, [1.0, 0.5, 0]),
            ([0.3, 0.2], nil, nil, [1.0, 0]),
            ([4.0, 2], 0.0, nil, [1.0, 0.5]),
            ([4.0, 2], 0.0, 8.0, [0.5, 0.25]),
            ([3.0], 0.0, nil, [1.0]),
            ([3.0, 3], nil, nil, [1.0, 1]),
            ([], nil, nil, []),
        ] as [([Double], Double?, Double?, [Double])])
    func scoresLieBetweenTheLowestAndTheHighest(
        raw: [Double], floor: Double?, ceiling: Double?, expected: [Double]
    ) {
        #expect(ScoreNormalization.minMax(raw, floor: floor, ceiling: ceiling).scores == expected)
    }

    @Test func zScoresHaveMeanZeroAndSpreadOne() {
        let result = ScoreNormalization.zScores([3, 1, 2])
        #expect(abs(result.scores.reduce(0, +)) < 1e-12)
        #expect(abs(result.scores.reduce(0) { $0 + $1 * $1 } / 3 - 1) < 1e-12)
        // What was not found is as bad as the worst that was.
        #expect(result.absent == result.scores[1])
    }

    @Test(arguments: [[], [5.0], [5.0, 5]])
    func zScoresOfWhatDoesNotVaryAreZero(raw: [Double]) {
        #expect(ScoreNormalization.zScores(raw).scores == raw.map { _ in 0 })
    }

    @Test func equalScoresShareTheBetterRank() {
        let scores = ScoreNormalization.reciprocalRanks([9, 7, 7, 1], k: 1).scores
        let expected: [Double] = [1, 2 / 3, 2 / 3, 0.4]
        #expect(scores == expected)
    }

    @Test(arguments: [(1.0, 0.0), (0.01, 0.5), (0.0001, 1), (0, 1), (2, 0)])
    func fourPowersOfTenMakeAFullScore(rate: Double, score: Double) {
        #expect(abs(ScoreNormalization.unlikelihood([rate]).scores[0] - score) < 1e-12)
    }
}
