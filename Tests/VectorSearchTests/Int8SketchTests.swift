import CKernels
import TestSupport
import Testing

@testable import VectorSearch

@Suite struct Int8SketchTests {
    static let dimensions = [1, 15, 63, 64, 65, 100, 128, 384, 512, 769, 5000]

    private struct Sketched {
        var codes: [Int8]
        var sketches: [reel_row_sketch]
        var width: Int

        init(_ rows: [Float], _ dimension: Int) {
            width = reel_sketch_width(dimension)
            let count = rows.count / dimension
            codes = [Int8](repeating: 99, count: count * width)
            sketches = [reel_row_sketch](repeating: reel_row_sketch(), count: count)
            reel_sketch_rows(rows, count, dimension, &codes, &sketches)
        }
    }

    private func length(_ values: some Sequence<Double>) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    @Test(arguments: dimensions)
    func whatRoundingLeavesIsNoLongerThanStated(dimension: Int) {
        let rows = randomRows(5, dimension, seed: 1) + [Float](repeating: 0, count: dimension)
        let sketched = Sketched(rows, dimension)
        for row in 0..<6 {
            let values = rows[row * dimension..<(row + 1) * dimension].map { Double($0) }
            let sketch = sketched.sketches[row]
            let rest = values.enumerated().map { column, value in
                value - Double(sketch.scale) * Double(sketched.codes[row * sketched.width + column])
            }
            #expect(Double(sketch.residual) >= length(rest))
            #expect(Double(sketch.norm) >= length(values))
            #expect(Double(sketch.norm) <= length(values) * 1.01 + 1e-15)
            let padding = sketched.codes[
                row * sketched.width + dimension..<(row + 1) * sketched.width]
            #expect(padding.allSatisfy { $0 == 0 })
        }
    }

    private func withFineQuery(
        _ values: [Float], _ body: (UnsafePointer<reel_fine_query>) -> Void
    ) {
        var codes = [Int8](repeating: 0, count: 4 * reel_sketch_width(values.count))
        codes.withUnsafeMutableBufferPointer {
            var query = reel_fine_query()
            query.codes = $0.baseAddress
            reel_fine_query_set(&query, values, values.count)
            withUnsafePointer(to: query, body)
        }
    }

    @Test(arguments: dimensions + [65_536])
    func everyVariantGivesTheProductsOfTheScalarTwin(dimension: Int) {
        let rowCount = 9
        // The largest codes of one sign are the hardest for the sums.
        let rows =
            randomRows(rowCount - 2, dimension, seed: 2)
            + [Float](repeating: 1, count: dimension) + [Float](repeating: -1, count: dimension)
        let sketched = Sketched(rows, dimension)
        for query in [
            randomRows(1, dimension, seed: 3), [Float](repeating: 3, count: dimension),
            [Float](repeating: -3, count: dimension),
        ] {
            withFineQuery(query) { fine in
                var expected = [Int32](repeating: 0, count: rowCount)
                reel_fine_dot_scalar(
                    sketched.codes, nil, rowCount, sketched.width, fine, &expected)
                let positions: [UInt32] = [8, 0, 3, 3, 7, 1]
                let chosen = positions.map { expected[Int($0)] }
                for (isAvailable, kernel) in [
                    (true, reel_fine_dot), (reel_dot_has_avx2(), reel_fine_dot_avx2),
                    (reel_has_vnni(), reel_fine_dot_vnni),
                ] as [(Bool, reel_fine_dot_function)] where isAvailable {
                    var found = [Int32](repeating: 0, count: rowCount)
                    kernel(sketched.codes, nil, rowCount, sketched.width, fine, &found)
                    #expect(found == expected)
                    kernel(
                        sketched.codes, positions, positions.count, sketched.width, fine, &found)
                    #expect(Array(found[..<positions.count]) == chosen)
                }
            }
        }
    }

    @Test(arguments: [1, 64, 100, 512], [1, 2, 5, 11])
    func aFewQueriesGetTheProductsOfTheScalarTwin(dimension: Int, queryCount: Int) {
        for rowCount in [1, 3, 4, 7, 70] {
            let sketched = Sketched(randomRows(rowCount, dimension, seed: 6), dimension)
            let codes = (0..<queryCount).map { _ in
                UnsafeMutablePointer<Int8>.allocate(capacity: 4 * sketched.width)
            }
            defer { for codes in codes { codes.deallocate() } }
            let queries = codes.enumerated().map { number, codes in
                var query = reel_fine_query()
                query.codes = codes
                reel_fine_query_set(
                    &query, randomRows(1, dimension, seed: UInt64(number + 7)), dimension)
                return query
            }
            let stride = rowCount + 2
            var expected = [Int32](repeating: -1, count: queryCount * stride)
            for query in queries.indices {
                var dots = [Int32](repeating: 0, count: rowCount)
                withUnsafePointer(to: queries[query]) {
                    reel_fine_dot_scalar(
                        sketched.codes, nil, rowCount, sketched.width, $0, &dots)
                }
                expected.replaceSubrange(query * stride..<query * stride + rowCount, with: dots)
            }
            for kernel in [reel_fine_dots_scalar, reel_fine_dots]
                + (reel_has_vnni() ? [reel_fine_dots_vnni] : [])
            {
                var found = [Int32](repeating: -1, count: queryCount * stride)
                kernel(
                    sketched.codes, rowCount, sketched.width, queries, queryCount, &found, stride)
                #expect(found == expected)
            }
        }
    }

    @Test(arguments: [1, 64, 100, 512], [1, 5, 8, 15, 16, 17, 64, 80])
    func tilesGiveTheProductsOfTheScalarTwin(dimension: Int, queryCount: Int) {
        for zero: UInt8 in [64, 128] { checkTiles(dimension, queryCount, zero: zero) }
    }

    private func checkTiles(_ dimension: Int, _ queryCount: Int, zero: UInt8) {
        let rowCount = 13
        let rows =
            randomRows(rowCount - 1, dimension, seed: 4) + [Float](repeating: 1, count: dimension)
        let sketched = Sketched(rows, dimension)
        let queries = randomRows(queryCount, dimension, seed: 5)
        let groups = (queryCount + 15) / 16
        var packed = [UInt8](repeating: 0, count: groups * 16 * sketched.width)
        var (scales, errors, norms) = (
            [Float](repeating: 0, count: 16), [Float](repeating: 0, count: 16),
            [Float](repeating: 0, count: 16)
        )
        for group in 0..<groups {
            packed.withUnsafeMutableBufferPointer { packed in
                queries.withUnsafeBufferPointer { queries in
                    reel_coarse_queries_pack(
                        queries.baseAddress! + group * 16 * dimension,
                        min(16, queryCount - 16 * group), dimension, zero,
                        packed.baseAddress! + group * 16 * sketched.width, &scales, &errors,
                        &norms)
                }
            }
        }
        var sums = [Int32](repeating: 0, count: rowCount)
        reel_code_sums_scalar(sketched.codes, rowCount, sketched.width, &sums)
        for (isAvailable, kernel) in [
            (true, reel_code_sums), (reel_dot_has_avx2(), reel_code_sums_avx2),
        ] as [(Bool, reel_code_sums_function)] where isAvailable {
            var found = [Int32](repeating: 0, count: rowCount)
            kernel(sketched.codes, rowCount, sketched.width, &found)
            #expect(found == sums)
        }
        var expected = [Int32](repeating: 0, count: groups * rowCount * 16)
        reel_coarse_dot_scalar(
            sketched.codes, sums, rowCount, sketched.width, packed, zero, groups, &expected)
        checkFew(
            sketched, sums, queryCount: min(8, queryCount), packed, zero: zero, against: expected)
        for (isAvailable, kernel) in [
            (zero == reel_coarse_zero(), reel_coarse_dot),
            (reel_dot_has_avx2() && zero == 64, reel_coarse_dot_avx2),
            (reel_has_vnni(), reel_coarse_dot_vnni),
        ] as [(Bool, reel_coarse_dot_function)] where isAvailable {
            var found = [Int32](repeating: 0, count: expected.count)
            kernel(sketched.codes, sums, rowCount, sketched.width, packed, zero, groups, &found)
            #expect(found == expected)
        }
    }

    /// Up to eight queries that are not interleaved.
    private func checkFew(
        _ sketched: Sketched, _ sums: [Int32], queryCount: Int, _ packed: [UInt8], zero: UInt8,
        against tiles: [Int32]
    ) {
        var spread = [UInt8](repeating: 0, count: 8 * sketched.width)
        reel_coarse_queries_spread(packed, sketched.width, &spread)
        for (isAvailable, kernel) in [
            (true, reel_coarse_few_scalar), (reel_has_vnni(), reel_coarse_few_vnni),
        ] as [(Bool, reel_coarse_few_function)] where isAvailable {
            for count in 1...queryCount {
                var found = [Int32](repeating: 0, count: sums.count * 16)
                kernel(
                    sketched.codes, sums, sums.count, sketched.width, spread, zero, count, &found)
                for row in sums.indices {
                    let places = row * 16..<row * 16 + count
                    #expect(found[places] == tiles[places])
                }
            }
        }
    }

    /// Offered in an order in which many are among the best, with repeats, and what is no number.
    @Test(arguments: [0, 1, 2, 7, 200], [0, 5, 199, 200, 201, 3000])
    func asManyReachTheThresholdAsAreSought(limit: Int, count: Int) {
        let rounded = randomRows(1, count + 1, seed: 8).dropLast().enumerated().map {
            ($0.element * 50).rounded() / 50 + Float($0.offset / 500) / 10
        }
        let offered = rounded.flatMap { [$0, .nan] }
        var lowest = [Float](repeating: .nan, count: 2 * limit + 1)
        let best = Array(rounded.sorted(by: >).prefix(limit))
        lowest.withUnsafeMutableBufferPointer { lowest in
            var possible = reel_possible_make(lowest.baseAddress, limit, nil)
            for lower in offered {
                reel_possible_offer_lower(&possible, lower)
                #expect(possible.lowestCount <= 2 * limit)
            }
            let loose = reel_possible_threshold(&possible)
            reel_possible_tighten(&possible)
            let exact = reel_possible_threshold(&possible)
            #expect(loose <= exact)
            guard limit > 0, count >= limit else {
                #expect(exact == -.infinity)
                return
            }
            #expect(exact == best.last)
            // Of bounds that equal the threshold not all need to be known.
            let kept = lowest[..<possible.lowestCount].sorted(by: >)
            #expect(kept.filter { $0 > exact } == best.filter { $0 > exact })
        }
    }

    @Test(arguments: VectorMetric.allCases, [3, 64, 300])
    func boundsHoldTheExactScore(metric: VectorMetric, dimension: Int) {
        // Lengths from a millionth to a million.
        var rows = randomRows(60, dimension, seed: 6)
        for row in 0..<60 {
            for column in 0..<dimension {
                rows[row * dimension + column] *= Float(
                    sign: .plus, exponent: row % 40 - 20, significand: 1)
            }
        }
        let sketched = Sketched(rows, dimension)
        var floats = [Float](repeating: 0, count: 5 * 60)
        floats.withUnsafeMutableBufferPointer { floats in
            let start = floats.baseAddress!
            let bounds = reel_row_bounds(
                multiplier: start, offset: start + 60, fixed: start + 120, perNorm: start + 180,
                perError: start + 240)
            reel_row_bounds_set(
                sketched.sketches, nil, 60, dimension, metric.kernel, bounds)
            for seed in 0..<20 {
                let query = randomRows(1, dimension, seed: UInt64(100 + seed))
                withFineQuery(query) { fine in
                    let ofQuery = reel_query_bounds_make(
                        fine.pointee.scale, fine.pointee.norm, fine.pointee.error, dimension,
                        metric.kernel)
                    var dots = [Int32](repeating: 0, count: 60)
                    reel_fine_dot(sketched.codes, nil, 60, sketched.width, fine, &dots)
                    for row in 0..<60 {
                        let estimate =
                            bounds.multiplier[row] * (ofQuery.scale * Float(dots[row]))
                            + (bounds.offset[row] + ofQuery.offset)
                        let slack =
                            bounds.fixed[row] + ofQuery.fixed + bounds.perNorm[row] * ofQuery.norm
                            + bounds.perError[row] * ofQuery.error
                        let values = rows[row * dimension..<(row + 1) * dimension]
                        let exact = score(metric, query, Array(values))
                        #expect(abs(Double(estimate) - exact) <= Double(slack))
                    }
                }
            }
        }
    }

    private func score(_ metric: VectorMetric, _ query: [Float], _ row: [Float]) -> Double {
        let pairs = zip(query, row).map { (Double($0), Double($1)) }
        switch metric {
        case .innerProduct: return pairs.reduce(0) { $0 + $1.0 * $1.1 }
        case .euclidean: return -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        case .cosine:
            let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
            return product / (length(pairs.map(\.0)) * length(pairs.map(\.1)))
        }
    }

    @Test(arguments: [1, 16, 100, 512])
    func squaredDistancesAgreeWithTheScalarTwin(dimension: Int) {
        let rows = randomRows(7, dimension, seed: 8)
        let query = randomRows(1, dimension, seed: 9)
        var halves = [UInt16](repeating: 0, count: rows.count)
        reel_float_to_half_scalar(rows, &halves, rows.count)
        var (found, expected) = ([Float](repeating: 0, count: 7), [Float](repeating: 0, count: 7))
        reel_squared_distance_f32(rows, 7, dimension, query, &found)
        reel_squared_distance_f32_scalar(rows, 7, dimension, query, &expected)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * $1 })
        reel_squared_distance_f16(halves, 7, dimension, query, &found)
        reel_squared_distance_f16_scalar(halves, 7, dimension, query, &expected)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * $1 })
    }
}
