import CKernels
import TestSupport
import Testing

@Suite struct ClusteringTests {
    /// Products of rows with a group of centres, some of them alike, so that scores are equal.
    @Test(arguments: [1, 7, 15, 16])
    func everyVariantFindsTheNearestCentresOfTheScalarTwin(centreCount: Int) {
        let rowCount = 500
        var random = SeededRandom(seed: UInt64(centreCount))
        let dots = (0..<rowCount * 16).map { _ in Int32.random(in: -40...40, using: &random) }
        let rows = (0..<rowCount).map { _ in
            reel_row_sketch(scale: Float.random(in: 0...2, using: &random), residual: 0, norm: 1)
        }
        let scales = (0..<16).map { Float($0 % 3 + 1) }
        let penalties = (0..<16).map { Float($0 % 2) }
        var known = (0..<rowCount).map { _ in Float.random(in: -50...90, using: &random) }
        known[3] = -.infinity
        func nearest(_ kernel: reel_nearest_centres_function) -> ([Float], [UInt32]) {
            var best = known
            var centres = [UInt32](repeating: 9, count: rowCount)
            kernel(dots, rows, rowCount, scales, penalties, centreCount, 100, &best, &centres)
            return (best, centres)
        }
        let (expectedBest, expectedCentres) = nearest(reel_nearest_centres_scalar)
        let (best, centres) = nearest(reel_nearest_centres)
        #expect(best == expectedBest)
        #expect(centres == expectedCentres)
        #expect(centres.contains(9) && centres.contains { $0 >= 100 })
        #expect(centres[3] >= 100)
    }
}
