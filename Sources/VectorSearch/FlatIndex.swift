import CKernels
import Dispatch

/// A stored vector that is near a query.
package struct VectorMatch: Sendable, Equatable {
    /// Position among the index's segments.
    package let segment: Int
    /// Row of the segment.
    package let row: Int
    /// Inner product of query and row; for unit vectors the cosine, −1…1.
    package let score: Float

    package init(segment: Int, row: Int, score: Float) {
        self.segment = segment
        self.row = row
        self.score = score
    }
}

/// Exact search: every live row of every segment is compared with the query.
///
/// A row's score is the same, bit for bit, whatever else is searched with it, so results do not
/// depend on the number of workers, segments or queries.
package struct FlatIndex: Sendable {
    package let segments: [VectorSegment]
    /// Elements per row; nil when there are no segments.
    package let dimension: Int?

    /// Segments of both element types may be searched together, of different dimensions not.
    package init(segments: [VectorSegment]) throws {
        dimension = segments.first?.dimension
        for segment in segments where segment.dimension != dimension {
            throw VectorSearchError.mixedDimensions(
                first: dimension ?? 0, path: segment.path, dimension: segment.dimension)
        }
        self.segments = segments
    }

    /// Rows of all segments.
    package var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// The best rows for one query, best first; equal scores in the order of segment and row.
    /// - Parameters:
    ///   - limit: how many, 0 or more; fewer come back when there are fewer rows.
    ///   - liveRows: for every segment ascending ranges of the rows to look at; nil for all.
    ///   - workers: threads to use at most. A small index is searched by the caller alone.
    package func nearest(
        _ limit: Int, to query: [Float], in liveRows: [[Range<Int>]]? = nil, workers: Int = 1
    ) throws -> [VectorMatch] {
        try nearest(limit, toEach: [query], in: liveRows, workers: workers)[0]
    }

    /// The best rows for each of many queries, reading the rows only once.
    package func nearest(
        _ limit: Int, toEach queries: [[Float]], in liveRows: [[Range<Int>]]? = nil,
        workers: Int = 1
    ) throws -> [[VectorMatch]] {
        precondition(limit >= 0 && workers >= 1, "A search has a limit and a worker.")
        for (index, query) in queries.enumerated() { try check(query, index: index) }
        let runs = try runs(of: liveRows)
        let rowCount = runs.reduce(0) { $0 + $1.rows.count }
        guard let dimension, limit > 0, rowCount > 0, !queries.isEmpty else {
            return queries.map { _ in [] }
        }
        let scan = FlatScan(
            segments: segments, dimension: dimension, queries: queries.flatMap { $0 },
            queryCount: queries.count, limit: min(limit, rowCount))
        let work = rowCount * dimension * queries.count  // multiplications
        let usefulWorkers = min(workers, max(1, work / Self.workPerWorker))
        // More parts than workers, so that one that is held up does not hold up the rest.
        let parts = Self.split(runs, into: usefulWorkers == 1 ? 1 : usefulWorkers * 4)
        let found = scan.run(parts, inParallel: usefulWorkers > 1)
        return queries.indices.map { query in
            let candidates: [reel_candidate] = found.flatMap { $0[query] }
            return candidates.sorted(by: isBetter).prefix(limit).map(VectorMatch.init)
        }
    }

    /// The score of single rows, in the order asked for.
    package func scores(
        of query: [Float], segment: Int, rows: [Int]
    ) throws -> [Float] {
        try check(query, index: 0)
        precondition(segments.indices.contains(segment), "The index has no such segment.")
        let stored = segments[segment]
        return try rows.map { row in
            guard row >= 0, row < stored.count else {
                throw VectorSearchError.rowsNotInSegment(
                    path: stored.path, rows: row..<max(row, row &+ 1), count: stored.count)
            }
            var score: Float = 0
            stored.scores(
                rows: row..<row + 1, queries: query, queryCount: 1, into: &score, stride: 1)
            return score
        }
    }

    /// Below about a millisecond of arithmetic another thread costs more than it brings.
    private static let workPerWorker = 1 << 22

    private func check(_ query: [Float], index: Int) throws {
        if let dimension, query.count != dimension {
            throw VectorSearchError.wrongQueryDimension(index: dimension, query: query.count)
        }
        let column = reel_first_beyond(query, query.count, .infinity)
        guard column == query.count else {
            throw VectorSearchError.queryNotFinite(query: index, column: column)
        }
    }

    // MARK: Runs of rows

    package struct Run: Equatable, Sendable {
        package var segment: Int
        package var rows: Range<Int>

        package init(segment: Int, rows: Range<Int>) {
            self.segment = segment
            self.rows = rows
        }
    }

    /// The ranges come from a database, which may be damaged: they are checked, not trusted.
    private func runs(of liveRows: [[Range<Int>]]?) throws -> [Run] {
        guard let liveRows else {
            return segments.enumerated().map { Run(segment: $0.offset, rows: 0..<$0.element.count) }
        }
        precondition(liveRows.count == segments.count, "Live rows are listed for every segment.")
        var runs: [Run] = []
        for (segment, ranges) in liveRows.enumerated() {
            var end = 0
            for range in ranges where !range.isEmpty {
                guard range.lowerBound >= end, range.upperBound <= segments[segment].count else {
                    throw VectorSearchError.rowsNotInSegment(
                        path: segments[segment].path, rows: range,
                        count: segments[segment].count)
                }
                runs.append(Run(segment: segment, rows: range))
                end = range.upperBound
            }
        }
        return runs
    }

    /// Cuts the runs, in their order, into parts of equally many rows.
    package static func split(_ runs: [Run], into count: Int) -> [[Run]] {
        let total = runs.reduce(0) { $0 + $1.rows.count }
        let share = max(1, (total + count - 1) / count)
        var parts: [[Run]] = [[]]
        var room = share
        for run in runs {
            var rows = run.rows
            while !rows.isEmpty {
                if room == 0 {
                    parts.append([])
                    room = share
                }
                let end = rows.lowerBound + min(room, rows.count)
                parts[parts.count - 1].append(
                    Run(segment: run.segment, rows: rows.lowerBound..<end))
                room -= end - rows.lowerBound
                rows = end..<rows.upperBound
            }
        }
        return parts
    }
}

/// One pass over the rows for a set of queries.
private struct FlatScan: Sendable {
    let segments: [VectorSegment]
    let dimension: Int
    let queries: [Float]  // queryCount × dimension
    let queryCount: Int
    let limit: Int  // 1 or more

    /// Rows whose scores are worked out before the best are picked: they stay in the cache.
    private var blockRowCount: Int { max(16, min(1024, (1 << 18) / (dimension * 4))) }

    /// - Returns: per part and query, the best candidates in no order.
    func run(_ parts: [[FlatIndex.Run]], inParallel: Bool) -> [[[reel_candidate]]] {
        guard inParallel, parts.count > 1 else { return parts.map(best(of:)) }
        var results = [[[reel_candidate]]](repeating: [], count: parts.count)
        results.withUnsafeMutableBufferPointer { slots in
            // Each iteration writes its own slot, and the call returns after the last.
            nonisolated(unsafe) let slots = slots
            DispatchQueue.concurrentPerform(iterations: parts.count) { part in
                slots[part] = best(of: parts[part])
            }
        }
        return results
    }

    private func best(of part: [FlatIndex.Run]) -> [[reel_candidate]] {
        let rowCount = part.reduce(0) { $0 + $1.rows.count }
        let capacity = min(limit, rowCount)
        let stride = blockRowCount
        var heaps = [reel_candidate](
            repeating: reel_candidate(score: 0, position: 0), count: queryCount * capacity)
        var sizes = [Int](repeating: 0, count: queryCount)
        var scores = [Float](repeating: 0, count: queryCount * stride)
        for run in part {
            var start = run.rows.lowerBound
            while start < run.rows.upperBound {
                let end = min(start + stride, run.rows.upperBound)
                segments[run.segment].scores(
                    rows: start..<end, queries: queries, queryCount: queryCount, into: &scores,
                    stride: stride)
                let position = UInt64(run.segment) << 32 | UInt64(start)
                heaps.withUnsafeMutableBufferPointer { heaps in
                    scores.withUnsafeBufferPointer { scores in
                        guard let heap = heaps.baseAddress, let score = scores.baseAddress else {
                            return
                        }
                        for query in 0..<queryCount {
                            sizes[query] = reel_offer_scores(
                                heap + query * capacity, sizes[query], capacity,
                                score + query * stride, end - start, position)
                        }
                    }
                }
                start = end
            }
        }
        return (0..<queryCount).map { Array(heaps[$0 * capacity..<$0 * capacity + sizes[$0]]) }
    }
}

extension VectorSegment {
    /// Inner products: `scores[query × stride + row]`.
    fileprivate func scores(
        rows range: Range<Int>, queries: [Float], queryCount: Int,
        into scores: UnsafeMutablePointer<Float>, stride: Int
    ) {
        withExtendedLifetime(self) {
            let stored = rows(range).baseAddress
            switch element {
            case .float32:
                reel_dot_f32(
                    stored?.assumingMemoryBound(to: Float.self), range.count, dimension, queries,
                    queryCount, scores, stride)
            case .float16:
                reel_dot_f16(
                    stored?.assumingMemoryBound(to: UInt16.self), range.count, dimension, queries,
                    queryCount, scores, stride)
            }
        }
    }
}

extension VectorMatch {
    fileprivate init(_ candidate: reel_candidate) {
        self.init(
            segment: Int(candidate.position >> 32),
            row: Int(candidate.position & 0xffff_ffff), score: candidate.score)
    }
}

/// The order of results; the heaps of the kernel keep the same.
private func isBetter(_ left: reel_candidate, _ right: reel_candidate) -> Bool {
    left.score != right.score ? left.score > right.score : left.position < right.position
}
