import Foundation
import TestSupport
import Testing
import VectorSearch

@Suite struct FlatIndexTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func segment(
        _ name: String, rows: [Float], dimension: Int, element: VectorElement = .float32
    ) throws -> VectorSegment {
        let path = folder.path(name)
        try VectorSegmentWriter.write(
            path: path, dimension: dimension, element: element, generation: 1, rows: rows)
        return try VectorSegment(path: path)
    }

    /// Sorts every live row by its score.
    private func sorted(
        _ index: FlatIndex, _ query: [Float], _ liveRows: [[Range<Int>]]?
    ) throws -> [VectorMatch] {
        var all: [VectorMatch] = []
        for (number, segment) in index.segments.enumerated() {
            for range in liveRows?[number] ?? [0..<segment.count] {
                let scores = try index.scores(
                    of: [query], matches: range.map { (number, $0) })[0]
                all += zip(range, scores).map { VectorMatch(segment: number, row: $0, score: $1) }
            }
        }
        return all.sorted {
            $0.score != $1.score
                ? $0.score > $1.score : ($0.segment, $0.row) < ($1.segment, $1.row)
        }
    }

    private func error(_ body: () throws -> Void) -> VectorSearchError? {
        do {
            try body()
            return nil
        } catch { return error as? VectorSearchError }
    }

    @Test(arguments: [0, 1, 10, 1999, 5000], [1, 3])
    func theNearestAreWhatSortingGives(limit: Int, workers: Int) throws {
        let dimension = 513
        let index = try FlatIndex(segments: [
            segment("a", rows: randomRows(1300, dimension, seed: 1), dimension: dimension),
            segment("b", rows: [], dimension: dimension),
            segment(
                "c", rows: randomRows(700, dimension, seed: 2), dimension: dimension,
                element: .float16),
        ])
        let query = randomRows(1, dimension, seed: 3)
        let expected = try sorted(index, query, nil).prefix(limit)
        // Thirteen copies of the query, so that there is enough work to share out.
        let found = try index.nearest(
            limit, toEach: [[Float]](repeating: query, count: 13), workers: workers)
        #expect(found.allSatisfy { $0 == Array(expected) })
        #expect(try index.nearest(limit, to: query) == Array(expected))
    }

    @Test func scoresAreInnerProducts() throws {
        let index = try FlatIndex(segments: [
            segment("a", rows: [1, 0, 0, 1, -1, -1], dimension: 2)
        ])
        #expect(
            try index.nearest(3, to: [2, 3]) == [
                VectorMatch(segment: 0, row: 1, score: 3),
                VectorMatch(segment: 0, row: 0, score: 2),
                VectorMatch(segment: 0, row: 2, score: -5),
            ])
        #expect(try index.scores(of: [[2, 3]], matches: [(0, 2), (0, 0)]) == [[-5, 2]])
    }

    @Test func equalScoresComeInTheOrderOfTheRows() throws {
        let rows = [Float](repeating: 1, count: 3000)
        let index = try FlatIndex(segments: [
            segment("a", rows: rows, dimension: 1), segment("b", rows: rows, dimension: 1),
        ])
        let found = try index.nearest(3005, to: [1])
        #expect(found.map(\.segment) == [Int](repeating: 0, count: 3000) + [1, 1, 1, 1, 1])
        #expect(found.map(\.row) == Array(0..<3000) + Array(0..<5))
    }

    @Test(arguments: 0..<30)
    func onlyLiveRowsAreSearched(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let index = try FlatIndex(segments: [
            segment("a", rows: randomRows(500, 8, seed: 4), dimension: 8),
            segment("b", rows: randomRows(90, 8, seed: 5), dimension: 8, element: .float16),
        ])
        let liveRows = index.segments.map { segment in
            var ranges: [Range<Int>] = []
            var start = Int.random(in: 0...40, using: &random)
            while start < segment.count {
                let end = min(segment.count, start + Int.random(in: 0...60, using: &random))
                ranges.append(start..<end)
                start = end + Int.random(in: 0...30, using: &random)
            }
            return ranges
        }
        let query = randomRows(1, 8, seed: seed + 100)
        let expected = try sorted(index, query, liveRows)
        #expect(try index.nearest(20, to: query, in: liveRows) == Array(expected.prefix(20)))
        #expect(try index.nearest(1000, to: query, in: liveRows) == expected)
    }

    @Test func anEmptyIndexFindsNothing() throws {
        let none = try FlatIndex(segments: [])
        #expect(try none.nearest(10, to: [1, 2, 3]).isEmpty)
        #expect(none.dimension == nil)
        let empty = try FlatIndex(segments: [segment("a", rows: [], dimension: 3)])
        #expect(try empty.nearest(10, to: [1, 2, 3]).isEmpty)
        #expect(try empty.nearest(10, to: [1, 2, 3], in: [[]]).isEmpty)
        #expect(try empty.nearest(10, toEach: []).isEmpty)
        #expect(empty.count == 0)
    }

    @Test(arguments: [0, 2, 4])
    func aQueryOfTheWrongWidthIsRefused(width: Int) throws {
        let index = try FlatIndex(segments: [segment("a", rows: [1, 2, 3], dimension: 3)])
        let query = [Float](repeating: 1, count: width)
        let found = error { _ = try index.nearest(1, to: query) }
        #expect(
            found?.description
                == "The index holds 3 values per vector but the query has \(width). "
                + "Rebuild the library with the current model.")
        #expect(error { _ = try index.scores(of: [query], matches: [(0, 0)]) } == found)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func aQueryThatIsNotFiniteIsRefused(value: Float) throws {
        let index = try FlatIndex(segments: [segment("a", rows: [1, 2, 3], dimension: 3)])
        #expect(
            error { _ = try index.nearest(1, toEach: [[1, 1, 1], [1, value, 1]]) }
                == .queryNotFinite(query: 1, column: 1))
    }

    @Test func segmentsOfDifferentWidthsAreRefused() throws {
        let three = try segment("a", rows: [1, 2, 3], dimension: 3)
        let two = try segment("b", rows: [1, 2], dimension: 2)
        #expect(
            error { _ = try FlatIndex(segments: [three, two]) }
                == .mixedDimensions(first: 3, path: two.path, dimension: 2))
    }

    @Test(arguments: [[0..<4], [-1..<1], [1..<2, 0..<1], [0..<2, 1..<3], [Int.max - 1..<Int.max]])
    func liveRowsThatAreNotThereOrOverlapAreRefused(ranges: [Range<Int>]) throws {
        let index = try FlatIndex(segments: [segment("a", rows: [1, 2, 3], dimension: 1)])
        guard
            case .rowsNotInSegment = error({ _ = try index.nearest(1, to: [1], in: [ranges]) })
        else {
            Issue.record("\(ranges) were accepted")
            return
        }
    }

    @Test(arguments: [-1, 3, Int.max])
    func theScoreOfARowThatIsNotThereIsRefused(row: Int) throws {
        let index = try FlatIndex(segments: [segment("a", rows: [1, 2, 3], dimension: 1)])
        #expect(error { _ = try index.scores(of: [[1]], matches: [(0, 0), (0, row)]) } != nil)
    }

    @Test func aProductThatOverflowsStillHasItsPlace() throws {
        let huge = Float.greatestFiniteMagnitude
        let index = try FlatIndex(segments: [segment("a", rows: [huge, 1, -huge], dimension: 1)])
        let found = try index.nearest(3, to: [huge])
        #expect(found.map(\.row) == [0, 1, 2])
        #expect(found.map(\.score) == [.infinity, huge, -.infinity])
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func partsCoverEveryRowOnce(count: Int) {
        let runs = [
            FlatIndex.Run(segment: 0, rows: 5..<20), FlatIndex.Run(segment: 2, rows: 0..<1),
            FlatIndex.Run(segment: 2, rows: 4..<30),
        ]
        let parts = FlatIndex.split(runs, into: count)
        #expect(parts.count <= count)
        let rows = { (runs: [FlatIndex.Run]) in
            runs.flatMap { run in run.rows.map { [run.segment, $0] } }
        }
        #expect(rows(parts.flatMap { $0 }) == rows(runs))
        let sizes = parts.map { rows($0).count }
        #expect(sizes.allSatisfy { $0 <= (42 + count - 1) / count })
    }
}
