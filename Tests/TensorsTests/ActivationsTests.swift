import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Vector kernels agree with their scalar twins at every level")
struct ActivationsTests {
    typealias Map = @Sendable (reel_vector_level, UnsafeMutablePointer<Float>, Int) -> Void
    typealias Twin = @Sendable (UnsafeMutablePointer<Float>, Int) -> Void

    struct Curve: CustomTestStringConvertible {
        var testDescription: String
        var kernel: Map
        var twin: Twin
    }

    static let curves = [
        Curve(
            testDescription: "gelu", kernel: { reel_gelu_at($0, $1, $2) },
            twin: { reel_gelu_scalar($0, $1) }),
        Curve(
            testDescription: "gelu with tanh", kernel: { reel_gelu_tanh_at($0, $1, $2) },
            twin: { reel_gelu_tanh_scalar($0, $1) }),
        Curve(
            testDescription: "quick gelu", kernel: { reel_quick_gelu_at($0, $1, $2) },
            twin: { reel_quick_gelu_scalar($0, $1) }),
        Curve(
            testDescription: "relu", kernel: { reel_relu_at($0, $1, $2) },
            twin: { reel_relu_scalar($0, $1) }),
    ]

    @Test("activations, small, large and extreme", arguments: curves, levels)
    func activation(curve: Curve, level: reel_vector_level) {
        var numbers = Numbers(seed: 1)
        let values =
            numbers.floats(1001) + numbers.floats(500, limit: 12) + numbers.floats(57, limit: 200)
            + [0, -0, 1e-30, -1e-30, 1e30, -1e30]
        var (found, expected) = (values, values)
        curve.kernel(level, &found, found.count)
        curve.twin(&expected, expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(found - expected) <= max(2e-6, abs(expected) * 1e-6))
        }
    }

    @Test("softmax", arguments: [1, 2, 15, 16, 17, 77, 257], levels)
    func softmax(columns: Int, level: reel_vector_level) {
        var numbers = Numbers(seed: UInt64(columns))
        let scores = numbers.floats(columns * columns, limit: 30)
        for causal in [Int32(0), 1] {
            var (found, expected) = (scores, scores)
            reel_softmax_at(level, &found, columns, columns, causal)
            reel_softmax_scalar(&expected, columns, columns, causal)
            #expect(largestDifference(found, expected) <= 1e-6)
            if causal == 1, columns > 1 { #expect(found[1] == 0 && found[0] == 1) }
        }
    }

    @Test("layer normalisation, also in place", arguments: [1, 7, 16, 31, 384, 1000], levels)
    func layerNorm(columns: Int, level: reel_vector_level) {
        var numbers = Numbers(seed: UInt64(columns))
        let rows = 5
        let input = numbers.floats(rows * columns, limit: 5).map { $0 + 20 }
        let (scale, shift) = (numbers.floats(columns), numbers.floats(columns))
        var expected = input
        reel_layer_norm_scalar(input, scale, shift, 1e-5, &expected, rows, columns)
        var found = [Float](repeating: 0, count: input.count)
        reel_layer_norm_at(level, input, scale, shift, 1e-5, &found, rows, columns)
        #expect(largestDifference(found, expected) <= 2e-5)
        var inPlace = input
        inPlace.withUnsafeMutableBufferPointer { place in
            reel_layer_norm_at(
                level, place.baseAddress, scale, shift, 1e-5, place.baseAddress, rows, columns)
        }
        #expect(inPlace == found)
    }

    @Test("unit length and means", arguments: [1, 5, 16, 33, 512], levels)
    func rows(columns: Int, level: reel_vector_level) {
        var numbers = Numbers(seed: UInt64(columns))
        let rows = 4
        var values = numbers.floats(rows * columns, limit: 3)
        values.replaceSubrange(columns..<2 * columns, with: repeatElement(0, count: columns))
        var (found, expected) = (values, values)
        var foundLengths = [Float](repeating: -1, count: rows)
        var expectedLengths = foundLengths
        reel_unit_length_at(level, &found, rows, columns, &foundLengths)
        reel_unit_length_scalar(&expected, rows, columns, &expectedLengths)
        #expect(largestDifference(found, expected) <= 1e-6)
        #expect(largestDifference(foundLengths, expectedLengths) <= 1e-4)
        #expect(foundLengths[1] == 0 && found[columns] == 0)

        var foundMean = [Float](repeating: -1, count: columns)
        var expectedMean = foundMean
        reel_mean_of_rows_at(level, values, rows, columns, &foundMean)
        reel_mean_of_rows_scalar(values, rows, columns, &expectedMean)
        #expect(largestDifference(foundMean, expectedMean) <= 1e-6)
    }

    @Test("products of few rows", arguments: [1, 2, 3, 4, 5, 16, 24], levels)
    func fewRows(rows: Int, level: reel_vector_level) {
        var numbers = Numbers(seed: UInt64(rows))
        for (outputs, depth) in [(1, 1), (3, 7), (4, 16), (9, 33), (130, 384)] {
            let input = numbers.floats(rows * depth)
            let weights = numbers.floats(outputs * depth)
            let stride = outputs + 3
            let bias = numbers.floats(outputs)
            for adds in [Int32(0), 1] {
                var found = numbers.floats(rows * stride)
                var expected = found
                reel_few_rows_product_at(
                    level, input, rows, depth, weights, outputs, adds == 0 ? bias : nil, adds,
                    &found, stride)
                reel_few_rows_product_scalar(
                    input, rows, depth, weights, outputs, adds == 0 ? bias : nil, adds, &expected,
                    stride)
                #expect(largestDifference(found, expected) <= 2e-5)
            }
        }
    }

    @Test("a NaN comes out as a NaN, never as a number", arguments: levels)
    func notANumber(level: reel_vector_level) {
        var values = [Float](repeating: 1, count: 40)
        values[17] = .nan
        var lengths: [Float] = [0]
        reel_unit_length_at(level, &values, 1, values.count, &lengths)
        #expect(lengths[0].isNaN)
    }
}
