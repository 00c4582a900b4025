import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Attention agrees with the definition")
struct SelfAttentionTests {
    /// Sequences of less than a panel, of several tiles, of several blocks of keys with and without
    /// a tile that straddles two; heads of less than a panel and of several.
    private static let shapes: [(tokens: Int, width: Int)] = [
        (1, 16), (5, 7), (16, 32), (50, 64), (77, 20), (512, 8), (520, 16), (700, 33), (1030, 16),
    ]

    @Test("at every level, causal or not, with and without bias", arguments: shapes, levels)
    func levelsAgree(shape: (tokens: Int, width: Int), level: reel_vector_level) {
        let (tokens, width) = shape
        var numbers = Numbers(seed: UInt64(tokens))
        let stride = 3 * width + 5
        let projections = numbers.floats(tokens * stride + 16, limit: 2)
        let bias = numbers.floats(2 * tokens, limit: 3)
        var room = [Float](
            repeating: .nan, count: max(tokens, reel_attention_room(tokens, width)))
        for causal in [Int32(0), 1] {
            for hasBias in [false, true] {
                var found = [Float](repeating: 9, count: tokens * (width + 1))
                var expected = found
                projections.withUnsafeBufferPointer { projections in
                    bias.withUnsafeBufferPointer { bias in
                        func gather(_ context: inout [Float], isOracle: Bool) {
                            context.withUnsafeMutableBufferPointer { context in
                                guard let start = projections.baseAddress,
                                    let middle = bias.baseAddress.map({ $0 + tokens })
                                else { return }
                                var head = reel_attention_head(
                                    queries: start, keys: start + width,
                                    values: start + 2 * width, stride: stride, tokens: tokens,
                                    width: width, scale: 0.3, causal: causal,
                                    bias: hasBias ? middle : nil, context: context.baseAddress,
                                    context_stride: width + 1)
                                if isOracle {
                                    reel_attention_scalar(&head, &room)
                                } else {
                                    reel_attention_at(level, &head, &room)
                                }
                            }
                        }
                        gather(&found, isOracle: false)
                        gather(&expected, isOracle: true)
                    }
                }
                #expect(largestDifference(found, expected) <= 2e-5)
                // Between the rows nothing is written.
                #expect((0..<tokens).allSatisfy { found[$0 * (width + 1) + width] == 9 })
            }
        }
    }

    @Test("a NaN comes out as a NaN", arguments: levels)
    func notANumber(level: reel_vector_level) {
        var projections = [Float](repeating: 0.5, count: 20 * 24)
        projections[3 * 24 + 8] = .nan
        var context = [Float](repeating: 0, count: 20 * 8)
        var room = [Float](repeating: 0, count: reel_attention_room(20, 8))
        projections.withUnsafeBufferPointer { projections in
            context.withUnsafeMutableBufferPointer { context in
                guard let start = projections.baseAddress else { return }
                var head = reel_attention_head(
                    queries: start, keys: start + 8, values: start + 16, stride: 24, tokens: 20,
                    width: 8, scale: 1, causal: 0, bias: nil, context: context.baseAddress,
                    context_stride: 8)
                reel_attention_at(level, &head, &room)
            }
        }
        let isNaN = context.allSatisfy { $0.isNaN }
        #expect(isNaN)
    }

    @Test("a sequence alone is as it is among others, on one worker or several")
    func sequencesStandAlone() {
        var numbers = Numbers(seed: 8)
        let attention = SelfAttention(headCount: 3, headWidth: 8, isCausal: false)
        let lengths = [40, 1, 17, 90]
        var bounds: [Range<Int>] = []
        for length in lengths {
            let start = bounds.last?.upperBound ?? 0
            bounds.append(start..<start + length)
        }
        let projections = numbers.floats(148 * 72)
        func gathered(_ projections: [Float], _ bounds: [Range<Int>]) -> [Float] {
            let count = bounds.reduce(0) { max($0, $1.upperBound) }
            return Matrix(rows: count, columns: 24) { context in
                projections.withUnsafeBufferPointer { projections in
                    guard let from = projections.baseAddress, let to = context.baseAddress else {
                        return
                    }
                    attention.gather(from, bounds, nil, into: to)
                }
            }.elements
        }
        let all = gathered(projections, bounds)
        for rows in bounds {
            let own = Array(projections[rows.lowerBound * 72..<rows.upperBound * 72])
            let expected = Array(all[rows.lowerBound * 24..<rows.upperBound * 24])
            #expect(gathered(own, [0..<rows.count]) == expected)
        }
    }
}
