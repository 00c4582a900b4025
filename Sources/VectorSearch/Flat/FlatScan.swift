import CKernels

/// How rows are looked at for a set of queries.
struct FlatScan: Sendable {
    let index: FlatIndex
    let allowed: [RowBitmap?]?
    let queries: QueryMatrix
    let limit: Int  // 1 or more

    /// What one of those who work on a search has looked at.
    struct Share: Sendable {
        fileprivate var exact: TopScores
        fileprivate var sketched: SketchScan?
    }

    func share() -> Share {
        let plainCount = index.segments.reduce(0) { $0 + ($1.hasSketch ? 0 : $1.count) }
        return Share(exact: TopScores(queryCount: queries.count, capacity: min(limit, plainCount)))
    }

    /// - Parameter floors: of all who work on the search; nil when one does.
    func scan(_ run: FlatIndex.Run, for share: inout Share, _ floors: SharedFloors?) {
        guard index.segments[run.segment].hasSketch else {
            scanExactly(run, into: &share.exact)
            return
        }
        if share.sketched == nil {
            share.sketched = SketchScan(
                index: index, allowed: allowed, queries: queries, limit: limit, floors: floors)
        }
        share.sketched?.scan(run)
    }

    /// When all rows have been looked at: what one share knows rules out rows of the others before
    /// any of them is scored exactly.
    func ruleOut(in shares: [Share]) {
        let sketched = shares.compactMap(\.sketched)
        guard sketched.count > 1 else { return }
        for query in 0..<queries.count {
            SketchScan.ruleOut(query, in: sketched, limit: limit)
        }
    }

    /// Of each query what may be among the best, with exact scores, in no order.
    func candidates(of share: Share) -> [[reel_candidate]] {
        (0..<queries.count).map { query in
            share.exact.candidates(of: query) + (share.sketched?.finish(query) ?? [])
        }
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
