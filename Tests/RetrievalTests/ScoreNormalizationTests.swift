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
            ([3.0, 3], nil, nil, [0.0, 0]),
            ([], nil, nil, []),
        ] as [([Double], Double?, Double?, [Double])])
    func scoresLieBetweenTheLowestAndTheHighest(
        raw: [Double], floor: Double?, ceiling: Double?, expected: [Double]
    ) {
        #expect(ScoreNormalization.minMax(raw, floor: floor, ceiling: ceiling) == expected)
    }
}
