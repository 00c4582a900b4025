import CKernels

/// One pass over the rows for a set of queries.
struct FlatScan: Sendable {
    let index: FlatIndex
    let allowed: [RowBitmap?]?
    let queries: QueryMatrix
    let limit: Int  // 1 or more

    /// - Returns: per part and query, what may be among the best, in no order.
    func run(_ parts: [[FlatIndex.Run]], inParallel: Bool) -> [[[reel_candidate]]] {
        let workers = Workers(count: inParallel ? parts.count : 1)
        let found = workers.map(parts.count) { begin(parts[$0]) }
        // What one part knows rules out rows of the others before any of them is scored exactly.
        let sketched = found.compactMap(\.sketched)
        if sketched.count > 1 {
            for query in 0..<queries.count {
                SketchScan.ruleOut(query, in: sketched, limit: limit)
            }
        }
        return workers.map(parts.count) { part in
            (0..<queries.count).map { query in
                found[part].exact.candidates(of: query)
                    + (found[part].sketched?.finish(query) ?? [])
            }
        }
    }

    /// What is known of a part when all its rows have been looked at.
    private struct PartScan: Sendable {
        var exact: TopScores
        var sketched: SketchScan?
    }

    private func begin(_ part: [FlatIndex.Run]) -> PartScan {
        let isSketched = { (run: FlatIndex.Run) in index.segments[run.segment].hasSketch }
        let plainCount = part.reduce(0) { $0 + (isSketched($1) ? 0 : $1.rows.count) }
        var found = PartScan(
            exact: TopScores(queryCount: queries.count, capacity: min(limit, plainCount)))
        if part.contains(where: isSketched) {
            let scan = SketchScan(index: index, allowed: allowed, queries: queries, limit: limit)
            for run in part where isSketched(run) { scan.scan(run) }
            found.sketched = scan
        }
        for run in part where !isSketched(run) { scanExactly(run, into: &found.exact) }
        return found
    }

    /// Rows whose scores are worked out before the best are picked: they stay in the cache.
    private var blockRowCount: Int { max(16, min(1024, (1 << 18) / (queries.dimension * 4))) }

    private func scanExactly(_ run: FlatIndex.Run, into tops: inout TopScores) {
        let scorer = RowScorer(segment: index.segments[run.segment], metric: index.metric)
        let allowedRows = allowed?[run.segment]
        let stride = blockRowCount
        var scores = [Float](repeating: 0, count: queries.count * stride)
        var start = run.rows.lowerBound
        while start < run.rows.upperBound {
            let end = min(start + stride, run.rows.upperBound)
            scorer.score(
                rows: start..<end, queries: queries.values, queryCount: queries.count,
                into: &scores, stride: stride)
            if let allowedRows {
                // No number is never among the best.
                for row in start..<end where !allowedRows[row] {
                    for query in 0..<queries.count { scores[query * stride + row - start] = .nan }
                }
            }
            let position = UInt64(run.segment) << 32 | UInt64(start)
            for query in 0..<queries.count {
                scores.withUnsafeBufferPointer {
                    guard let score = $0.baseAddress else { return }
                    tops.offer(
                        score + query * stride, count: end - start, first: position, to: query)
                }
            }
            start = end
        }
    }
}

/// The best candidates of each of many queries, in heaps.
struct TopScores: Sendable {
    private var heaps: [reel_candidate]  // queryCount × capacity
    private var sizes: [Int]
    private let capacity: Int

    init(queryCount: Int, capacity: Int) {
        heaps = [reel_candidate](
            repeating: reel_candidate(score: 0, position: 0), count: queryCount * capacity)
        sizes = [Int](repeating: 0, count: queryCount)
        self.capacity = capacity
    }

    mutating func offer(
        _ scores: UnsafePointer<Float>, count: Int, first: UInt64, to query: Int
    ) {
        heaps.withUnsafeMutableBufferPointer { heaps in
            guard let heap = heaps.baseAddress else { return }
            sizes[query] = reel_offer_scores(
                heap + query * capacity, sizes[query], capacity, scores, count, first)
        }
    }

    /// In no order.
    func candidates(of query: Int) -> [reel_candidate] {
        Array(heaps[query * capacity..<query * capacity + sizes[query]])
    }
}
