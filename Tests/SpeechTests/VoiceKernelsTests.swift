import CKernels
import TestSupport
import Testing

@Suite("Kernels of the voice network agree with their scalar twins at every level")
struct VoiceKernelsTests {
    static let levels: [reel_vector_level] = (0...reel_best_vector_level().rawValue).map {
        reel_vector_level(rawValue: $0)
    }

    private func floats(_ count: Int, seed: UInt64, limit: Float = 1) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Float.random(in: -limit...limit, using: &random) }
    }

    @Test("magnitudes", arguments: levels)
    func magnitudes(level: reel_vector_level) {
        let (rows, bins, stride) = (5, 129, 140)
        let spectrum = floats(rows * 2 * bins, seed: 1, limit: 30)
        var found = [Float](repeating: 7, count: rows * stride)
        var expected = found
        reel_magnitudes_at(level, spectrum, rows, bins, &found, stride)
        reel_magnitudes_scalar(spectrum, rows, bins, &expected, stride)
        #expect(largestDifference(found, expected) <= 1e-5)
    }

    @Test("bias and rectification", arguments: levels)
    func addBiasRectify(level: reel_vector_level) {
        var found = floats(7 * 65, seed: 2)
        var expected = found
        let bias = floats(65, seed: 3)
        reel_add_bias_rectify_at(level, &found, bias, 7, 65)
        reel_add_bias_rectify_scalar(&expected, bias, 7, 65)
        #expect(largestDifference(found, expected) <= 1e-6)
        #expect(found.contains(0) && found.contains { $0 > 0 })
    }

    @Test("the recurrent cell over forty steps", arguments: levels)
    func lstm(level: reel_vector_level) {
        let width = Int(REEL_LSTM_WIDTH)
        let steps = 40
        let inputs = floats(steps * 4 * width, seed: 4, limit: 3)
        let weights = floats(width * 4 * width, seed: 5, limit: 0.2)
        func run(_ kernel: (inout [Float], inout [Float], inout [Float], inout [Float]) -> Void)
            -> [Float]
        {
            var (inputs, states) = (inputs, [Float](repeating: 0, count: steps * width))
            var (hidden, cell) = (floats(width, seed: 6), floats(width, seed: 7))
            kernel(&inputs, &hidden, &cell, &states)
            #expect(hidden == Array(states.suffix(width)))
            return states + cell
        }
        let found = run { reel_lstm_at(level, &$0, steps, weights, &$1, &$2, &$3) }
        let expected = run { reel_lstm_scalar(&$0, steps, weights, &$1, &$2, &$3) }
        #expect(largestDifference(found, expected) <= 1e-4)
    }

    @Test("the logistic output", arguments: levels)
    func rectifiedLogistic(level: reel_vector_level) {
        let rows = floats(9 * 131, seed: 8, limit: 4)
        let weights = floats(131, seed: 9)
        var found = [Float](repeating: 0, count: 9)
        var expected = found
        reel_rectified_logistic_at(level, rows, 9, 131, weights, 0.3, &found)
        reel_rectified_logistic_scalar(rows, 9, 131, weights, 0.3, &expected)
        #expect(largestDifference(found, expected) <= 1e-5)
    }
}
