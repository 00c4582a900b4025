import CKernels
import TestSupport
import Testing

@Suite struct PassageScoresTests {
    private static let size = Int(REEL_WINDOW_PASSAGES)

    private func values(_ random: inout SeededRandom) -> [Float] {
        (0..<Self.size).map { _ in Float.random(in: 0.1...3, using: &random) }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 65_536])
    func addingIsTheFormula(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let offsets = Array((0...UInt16.max).shuffled(using: &random).prefix(count)).sorted()
        let parts = values(&random)
        var found = values(&random)
        var expected = found
        for offset in offsets.lazy.map(Int.init) {
            expected[offset] += 1.5 / (0.25 + parts[offset])
        }
        reel_add_term(&found, parts, offsets, count, 1.5, 0.25)
        #expect(largestDifference(found, expected) < 1e-5)
    }

    @Test(arguments: [Float(0), 1, 4, .infinity])
    func takingIsThatOfTheScalarTwin(threshold: Float) {
        var random = SeededRandom(seed: 3)
        let scores = values(&random).map { $0 > 1 ? $0 : 0 }
        let factors = values(&random).map { $0 > 0.5 ? $0 : 0 }
        func take(
            _ function: (
                UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int, Int, Float,
                UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<Float>
            ) -> reel_taken
        ) -> (Int, [UInt16], [Float], [Float]) {
            var scores = scores
            var offsets = [UInt16](repeating: 0, count: 4096)
            var results = [Float](repeating: 0, count: 4096)
            let taken = function(&scores, factors, 61_440, 4096, threshold, &offsets, &results)
            return (
                taken.matched, Array(offsets.prefix(taken.listed)),
                Array(results.prefix(taken.listed)), scores
            )
        }
        let expected = take { reel_take_scores_scalar($0, $1, $2, $3, $4, $5, $6) }
        let found = take { reel_take_scores($0, $1, $2, $3, $4, $5, $6) }
        #expect(found == expected)
        #expect(expected.3[61_440...].allSatisfy { $0 == 0 })
        #expect(expected.3[..<61_440] == scores[..<61_440])
        #expect(expected.1.count == (threshold == .infinity ? 0 : expected.2.count))
    }
}
