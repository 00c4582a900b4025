import TestSupport
import Testing

@testable import VectorSearch

/// The sketch must never change what is found: everything is compared with the plain scan.
@Suite struct SketchScanTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func indexes(
        _ rows: [[Float]], dimension: Int, element: VectorElement, metric: VectorMetric
    ) throws -> (plain: FlatIndex, sketched: FlatIndex) {
        func index(sketch: Bool) throws -> FlatIndex {
            try FlatIndex(
                segments: rows.enumerated().map { number, rows in
                    let path = folder.path("\(number)-\(sketch).vectors")
                    try VectorSegmentWriter.write(
                        path: path, dimension: dimension, element: element, generation: 1,
                        sketch: sketch, rows: rows)
                    let segment = try VectorSegment(path: path)
                    try segment.verify()
                    return segment
                }, metric: metric)
        }
        return (try index(sketch: false), try index(sketch: true))
    }

    private func queries(_ count: Int, _ dimension: Int, seed: UInt64) -> [[Float]] {
        let values = randomRows(count, dimension, seed: seed)
        return (0..<count).map { Array(values[$0 * dimension..<($0 + 1) * dimension]) }
    }

    @Test(
        arguments: [VectorElement.float32, .float16], VectorMetric.allCases)
    func nothingThatIsFoundChanges(element: VectorElement, metric: VectorMetric) throws {
        for dimension in [3, 64, 130] {
            let (plain, sketched) = try indexes(
                [randomRows(1500, dimension, seed: 1), randomRows(301, dimension, seed: 2)],
                dimension: dimension, element: element, metric: metric)
            #expect(sketched.segments.map(\.hasSketch) == [true, true])
            for (count, workers) in [(1, 1), (3, 2), (7, 1), (40, 2)] {
                let queries = queries(count, dimension, seed: 3)
                for limit in [1, 10, 400, 1801] {
                    #expect(
                        try sketched.nearest(limit, toEach: queries, workers: workers)
                            == plain.nearest(limit, toEach: queries))
                }
            }
        }
    }

    @Test(arguments: VectorMetric.allCases)
    func rowsOfAllLengthsAndNoneAreFound(metric: VectorMetric) throws {
        var rows = randomRows(600, 20, seed: 4)
        for row in 0..<600 {
            // From 1e-30 to 1e30, and some zero.
            let factor =
                row % 10 == 0 ? 0 : Float(sign: .plus, exponent: row % 200 - 100, significand: 1)
            for column in 0..<20 { rows[row * 20 + column] *= factor }
        }
        let (plain, sketched) = try indexes(
            [rows], dimension: 20, element: .float32, metric: metric)
        var queries = queries(9, 20, seed: 5)
        queries[1] = [Float](repeating: 0, count: 20)
        queries[2] = queries[2].map { $0 * 1e25 }
        queries[3] = queries[3].map { $0 * 1e-25 }
        for limit in [1, 10, 600] {
            let expected = try plain.nearest(limit, toEach: queries)
            #expect(try sketched.nearest(limit, toEach: queries) == expected)
            for (query, matches) in zip(queries, expected) {
                #expect(try sketched.nearest(limit, to: query) == matches)
            }
        }
    }

    /// Enough rows for several pieces, which the helpers take in any order.
    @Test(arguments: [1, 5, 40], [1, 200])
    func severalHelpersFindWhatOneDoes(queryCount: Int, limit: Int) throws {
        let (plain, sketched) = try indexes(
            [randomRows(9000, 64, seed: 14), randomRows(15_000, 64, seed: 15)], dimension: 64,
            element: .float16, metric: .innerProduct)
        let queries = queries(queryCount, 64, seed: 16)
        let expected = try plain.nearest(limit, toEach: queries)
        for index in [plain, sketched] {
            for workers in [2, 3, 8] {
                #expect(try index.nearest(limit, toEach: queries, workers: workers) == expected)
            }
        }
        let search = try #require(try sketched.search(limit, forEach: queries, helpers: 4))
        search.help()
        // Who comes when all is done changes nothing.
        search.help()
        search.ruleOut()
        search.score()
        search.score()
        #expect(queries.indices.map(search.matches) == expected)
    }

    @Test(arguments: [1, 10])
    func thousandsOfEqualRowsComeInTheirOrder(queryCount: Int) throws {
        let row = randomRows(1, 64, seed: 6)
        let rows = [[Float]](repeating: row, count: 9000).flatMap { $0 }
        let (plain, sketched) = try indexes(
            [rows], dimension: 64, element: .float32, metric: .innerProduct)
        let queries = queries(queryCount, 64, seed: 7)
        let expected = try plain.nearest(20, toEach: queries)
        #expect(try sketched.nearest(20, toEach: queries) == expected)
        #expect(expected[0].map(\.row) == Array(0..<20))
    }

    @Test(arguments: [1, 3, 20], [true, false])
    func onlyAllowedRowsAreFound(queryCount: Int, isSketched: Bool) throws {
        let (plain, sketched) = try indexes(
            [randomRows(1000, 32, seed: 8), randomRows(333, 32, seed: 9)], dimension: 32,
            element: .float32, metric: .innerProduct)
        let index = isSketched ? sketched : plain
        var random = SeededRandom(seed: 10)
        for share in [0, 1, 10, 100] {
            var allowed: [RowBitmap?] = []
            for segment in index.segments {
                var bitmap = RowBitmap(count: segment.count)
                for row in 0..<segment.count where Int.random(in: 0..<100, using: &random) < share {
                    bitmap[row] = true
                }
                allowed.append(bitmap)
            }
            let queries = queries(queryCount, 32, seed: 11)
            let all = try plain.nearest(1333, toEach: queries)
            let expected = all.map { matches in
                Array(matches.filter { allowed[$0.segment]?[$0.row] == true }.prefix(12))
            }
            #expect(try index.nearest(12, toEach: queries, allowed: allowed) == expected)
        }
    }

    @Test(arguments: VectorMetric.allCases)
    func rowsOfWholeNumbersAreScoredAsTheyAreStored(metric: VectorMetric) throws {
        let path = folder.path("int8.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 70, element: .int8, generation: 1,
            rows: randomRows(800, 70, seed: 12))
        let segment = try VectorSegment(path: path)
        let stored = try (0..<800).flatMap { try segment.vector($0) }
        let (plain, _) = try indexes(
            [stored], dimension: 70, element: .float32, metric: metric)
        let index = try FlatIndex(segments: [segment], metric: metric)
        for count in [1, 30] {
            let queries = queries(count, 70, seed: 13)
            #expect(
                try index.nearest(15, toEach: queries)
                    == plain.nearest(15, toEach: queries))
        }
        #expect(segment.byteCount < 800 * 150)
    }
}
