import CKernels

/// A stored vector that is near a query.
package struct VectorMatch: Sendable, Equatable {
    /// Position among the index's segments.
    package let segment: Int
    /// Row of the segment.
    package let row: Int
    /// Higher is nearer: what the index's metric says.
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
/// depend on the number of workers, segments or queries; nor on whether a segment has a sketch,
/// which only rules rows out that cannot be among the best (ScoreBounds.h).
package struct FlatIndex: Sendable {
    package let segments: [VectorSegment]
    package let metric: VectorMetric
    /// The rows of each segment. Unsafe only by type: what the pointers point into is read only, and
    /// lives as long as `segments`.
    nonisolated(unsafe) let stored: [StoredRows]
    /// Elements per row; nil when there are no segments.
    package let dimension: Int?

    /// Segments of both element types may be searched together, of different dimensions not.
    package init(segments: [VectorSegment], metric: VectorMetric = .innerProduct) throws {
        dimension = segments.first?.dimension
        for segment in segments where segment.dimension != dimension {
            throw VectorSearchError.mixedDimensions(
                first: dimension ?? 0, path: segment.path, dimension: segment.dimension)
        }
        self.segments = segments
        self.metric = metric
        stored = segments.map(\.stored)
    }

    /// Rows of all segments.
    package var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// The best rows for one query, best first; equal scores in the order of segment and row.
    /// - Parameters:
    ///   - limit: how many, 0 or more; fewer come back when there are fewer rows.
    ///   - liveRows: for every segment ascending ranges of the rows to look at; nil for all.
    ///   - allowed: for every segment, which of those may be found; nil for all.
    ///   - workers: threads to use at most. A small index is searched by the caller alone.
    package func nearest(
        _ limit: Int, to query: [Float], in liveRows: [[Range<Int>]]? = nil,
        allowed: [RowBitmap?]? = nil, workers: Int = 1
    ) throws -> [VectorMatch] {
        try nearest(limit, toEach: [query], in: liveRows, allowed: allowed, workers: workers)[0]
    }

    /// The best rows for each of many queries, reading the rows only once.
    package func nearest(
        _ limit: Int, toEach queries: [[Float]], in liveRows: [[Range<Int>]]? = nil,
        allowed: [RowBitmap?]? = nil, workers: Int = 1
    ) throws -> [[VectorMatch]] {
        for (index, query) in queries.enumerated() { try check(query, index: index) }
        let matrix = QueryMatrix(
            values: queries.flatMap { $0 }, count: queries.count, dimension: dimension ?? 0)
        return try nearest(limit, to: matrix, in: liveRows, allowed: allowed, workers: workers)
    }

    /// The same for queries that lie in one piece.
    func nearest(
        _ limit: Int, to queries: QueryMatrix, in liveRows: [[Range<Int>]]? = nil,
        allowed: [RowBitmap?]? = nil, workers: Int = 1
    ) throws -> [[VectorMatch]] {
        precondition(
            allowed.map { $0.count == segments.count } ?? true, "A bitmap for every segment.")
        return try Self.slices(of: queries.count).flatMap { slice in
            try search(
                limit, for: queries.slice(slice), in: liveRows, allowed: allowed, helpers: workers)?
                .run() ?? [[VectorMatch]](repeating: [], count: slice.count)
        }
    }

    /// The same as something that threads of the caller's choice work on.
    /// - Parameter helpers: how many threads that will be at most.
    /// - Returns: nil when nothing can be found.
    package func search(
        _ limit: Int, forEach queries: [[Float]], in liveRows: [[Range<Int>]]? = nil, helpers: Int
    ) throws -> FlatSearch? {
        for (index, query) in queries.enumerated() { try check(query, index: index) }
        let matrix = QueryMatrix(
            values: queries.flatMap { $0 }, count: queries.count, dimension: dimension ?? 0)
        return try search(limit, for: matrix, in: liveRows, allowed: nil, helpers: helpers)
    }

    private func search(
        _ limit: Int, for queries: QueryMatrix, in liveRows: [[Range<Int>]]?,
        allowed: [RowBitmap?]?, helpers: Int
    ) throws -> FlatSearch? {
        precondition(limit >= 0 && helpers >= 1, "A search has a limit and a worker.")
        let runs = try runs(of: liveRows)
        let rowCount = runs.reduce(0) { $0 + $1.rows.count }
        guard dimension != nil, limit > 0, rowCount > 0, queries.count > 0 else { return nil }
        for segment in segments { try segment.requireWhole() }
        let scan = FlatScan(
            index: self, allowed: allowed, queries: queries, limit: min(limit, rowCount))
        return FlatSearch(scan, over: runs, limit: limit, helpers: helpers)
    }

    /// So many queries at a time that they stay in the cache while rows go by.
    private static func slices(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: 1024).map { $0..<min($0 + 1024, count) }
    }

    /// The scores of single rows for each of some queries, in the order asked for.
    package func scores(
        of queries: [[Float]], matches: [(segment: Int, row: Int)]
    ) throws -> [[Float]] {
        for (index, query) in queries.enumerated() { try check(query, index: index) }
        for segment in segments { try segment.requireWhole() }
        let values = queries.flatMap { $0 }
        var scores = [[Float]](
            repeating: [Float](repeating: 0, count: matches.count), count: queries.count)
        var ofRow = [Float](repeating: 0, count: queries.count)
        for (place, match) in matches.enumerated() {
            precondition(
                segments.indices.contains(match.segment), "The index has no such segment.")
            let stored = segments[match.segment]
            guard match.row >= 0, match.row < stored.count else {
                throw VectorSearchError.rowsNotInSegment(
                    path: stored.path, rows: match.row..<max(match.row, match.row &+ 1),
                    count: stored.count)
            }
            RowScorer(segment: stored, metric: metric).score(
                rows: match.row..<match.row + 1, queries: values, queryCount: queries.count,
                into: &ofRow, stride: 1)
            for query in queries.indices { scores[query][place] = ofRow[query] }
        }
        return scores
    }

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
                if range.lowerBound == end, runs.last?.segment == segment {
                    // The assets of a library lie side by side.
                    runs[runs.count - 1].rows =
                        runs[runs.count - 1].rows.lowerBound..<range.upperBound
                } else {
                    runs.append(Run(segment: segment, rows: range))
                }
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

/// Queries in one piece, row-major.
struct QueryMatrix: Sendable {
    var values: [Float]  // count × dimension
    var count: Int
    var dimension: Int

    /// - Parameter number: which query; its values are there during the call.
    func withRow<Result>(_ number: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
        values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { preconditionFailure("No such query.") }
            return body(start + number * dimension)
        }
    }

    func slice(_ range: Range<Int>) -> QueryMatrix {
        guard range.count < count else { return self }
        return QueryMatrix(
            values: Array(
                values[range.lowerBound * dimension..<range.upperBound * dimension]),
            count: range.count, dimension: dimension)
    }
}
