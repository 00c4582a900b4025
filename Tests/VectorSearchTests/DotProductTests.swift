import CKernels
import TestSupport
import Testing

/// Which instructions a test of a kernel asks for.
enum Instructions: CaseIterable, CustomStringConvertible {
    case best, avx2, avx512

    var isAvailable: Bool {
        switch self {
        case .best: true
        case .avx2: reel_dot_has_avx2()
        case .avx512: reel_dot_has_avx512()
        }
    }

    var description: String {
        switch self {
        case .best: "best"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        }
    }
}

func randomRows(_ count: Int, _ dimension: Int, seed: UInt64) -> [Float] {
    var random = SeededRandom(seed: seed)
    return (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &random) }
}

@Suite struct DotProductTests {
    /// Around the widths of the registers, and the sizes of real models.
    static let dimensions = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 255, 384, 512, 769]

    private func products(
        _ instructions: Instructions, _ rows: [Float], _ dimension: Int, _ queries: [Float]
    ) -> [Float] {
        let (rowCount, queryCount) = (rows.count / dimension, queries.count / dimension)
        var scores = [Float](repeating: .nan, count: rowCount * queryCount)
        let kernel =
            switch instructions {
            case .best: reel_dot_f32
            case .avx2: reel_dot_f32_avx2
            case .avx512: reel_dot_f32_avx512
            }
        kernel(rows, rowCount, dimension, queries, queryCount, &scores, rowCount)
        return scores
    }

    private func products(
        _ instructions: Instructions, halves: [UInt16], _ dimension: Int, _ queries: [Float]
    ) -> [Float] {
        let (rowCount, queryCount) = (halves.count / dimension, queries.count / dimension)
        var scores = [Float](repeating: .nan, count: rowCount * queryCount)
        let kernel =
            switch instructions {
            case .best: reel_dot_f16
            case .avx2: reel_dot_f16_avx2
            case .avx512: reel_dot_f16_avx512
            }
        kernel(halves, rowCount, dimension, queries, queryCount, &scores, rowCount)
        return scores
    }

    private func halves(_ values: [Float]) -> [UInt16] {
        var halves = [UInt16](repeating: 0, count: values.count)
        reel_float_to_half_scalar(values, &halves, values.count)
        return halves
    }

    @Test(arguments: Instructions.allCases.filter(\.isAvailable), dimensions)
    func everyVariantAgreesWithTheScalarTwin(instructions: Instructions, dimension: Int) {
        let rows = randomRows(11, dimension, seed: 1)
        let queries = randomRows(7, dimension, seed: 2)
        var expected = [Float](repeating: 0, count: 77)
        reel_dot_f32_scalar(rows, 11, dimension, queries, 7, &expected, 11)
        var expectedHalf = expected
        reel_dot_f16_scalar(halves(rows), 11, dimension, queries, 7, &expectedHalf, 11)
        // Sums of d products of size 1 in another order.
        let tolerance = 1e-6 * Float(dimension).squareRoot() + 1e-6
        let found = products(instructions, rows, dimension, queries)
        let foundHalf = products(instructions, halves: halves(rows), dimension, queries)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance })
        #expect(zip(foundHalf, expectedHalf).allSatisfy { abs($0 - $1) <= tolerance })
    }

    @Test(arguments: dimensions)
    func theScalarTwinAgreesWithDoubles(dimension: Int) {
        let rows = randomRows(3, dimension, seed: 3)
        let query = randomRows(1, dimension, seed: 4)
        var found = [Float](repeating: 0, count: 3)
        reel_dot_f32_scalar(rows, 3, dimension, query, 1, &found, 3)
        for row in 0..<3 {
            let exact = (0..<dimension).reduce(0.0) {
                $0 + Double(rows[row * dimension + $1]) * Double(query[$1])
            }
            #expect(abs(Double(found[row]) - exact) <= 1e-6 * Double(dimension).squareRoot())
        }
    }

    @Test(arguments: Instructions.allCases.filter(\.isAvailable), [1, 17, 100, 512])
    func aScoreDoesNotDependOnItsNeighbours(instructions: Instructions, dimension: Int) {
        let rows = randomRows(10, dimension, seed: 5)
        let queries = randomRows(9, dimension, seed: 6)
        let together = products(instructions, rows, dimension, queries)
        let togetherHalf = products(instructions, halves: halves(rows), dimension, queries)
        for query in 0..<9 {
            for row in 0..<10 {
                let one = Array(rows[row * dimension..<(row + 1) * dimension])
                let other = Array(queries[query * dimension..<(query + 1) * dimension])
                let place = query * 10 + row
                #expect(products(instructions, one, dimension, other) == [together[place]])
                #expect(
                    products(instructions, halves: halves(one), dimension, other)
                        == [togetherHalf[place]])
            }
        }
    }

    @Test func theFirstValueBeyondTheLimitIsFound() {
        for count in [0, 1, 15, 16, 17, 100] {
            let fine = randomRows(count, 1, seed: 7)
            #expect(reel_first_beyond(fine, count, .infinity) == count)
            for bad in [Float.nan, .infinity, -.infinity] {
                for place in 0..<count {
                    var values = fine
                    values[place] = bad
                    #expect(reel_first_beyond(values, count, .infinity) == place)
                }
            }
        }
        #expect(reel_first_beyond([65_519, -65_519, 65_520], 3, 65_520) == 2)
        #expect(reel_first_beyond([65_519, -65_520], 2, 65_520) == 1)
    }

    @Test(arguments: [0, 1, 2, 3, 10, 100, 1000, 2000])
    func theHeapKeepsWhatSortingWould(capacity: Int) {
        var random = SeededRandom(seed: 8)
        // Few different scores, so that positions decide; some are no numbers.
        let scores = (0..<1000).map { _ -> Float in
            let score = Float(Int.random(in: -20...20, using: &random))
            return score == 20 ? .nan : score == -20 ? -.infinity : score
        }
        var heap = [reel_candidate](repeating: reel_candidate(), count: max(1, capacity))
        var size = 0
        // In two blocks, the second at other positions.
        size = reel_offer_scores(&heap, size, capacity, scores, 403, 0)
        size = scores.withUnsafeBufferPointer {
            reel_offer_scores(&heap, size, capacity, $0.baseAddress! + 403, 597, 10_403)
        }
        let expected = scores.enumerated()
            .map { ($0.element, UInt64($0.offset < 403 ? $0.offset : $0.offset + 10_000)) }
            .filter { !$0.0.isNaN }
            .sorted { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }
            .prefix(capacity)
        let kept = heap.prefix(size)
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.position < $1.position }
        #expect(kept.map(\.position) == expected.map(\.1))
        #expect(kept.map(\.score) == expected.map(\.0))
    }
}
