import CKernels
import Synchronization

/// What those who scan at the same time tell each other: for each query a bound that as many rows
/// reach as are sought. Each rules rows out by what all have found.
final class SharedFloors: Sendable {
    private let floors: Mutex<[Float]>

    init(queryCount: Int) {
        floors = Mutex([Float](repeating: -.infinity, count: queryCount))
    }

    /// - Parameter exchange: of one query: given what all know, says what all know from now on.
    func exchange(_ exchange: (_ query: Int, _ known: inout Float) -> Void) {
        floors.withLock { floors in
            for query in floors.indices { exchange(query, &floors[query]) }
        }
    }
}

/// The exact search of segments that have a sketch: eight bits a number are read, and only rows
/// that can still be among the best are scored exactly (ScoreBounds.h has the proof).
///
/// A few queries are limited by memory and use 14 bits each; more are limited by arithmetic, use
/// eight, and go through tiles of rows × sixteen queries, or rows × eight.
///
/// Sendable because only one thread at a time works on it: the one that scans, the one that brings
/// scans together when all are done, and then the one that finishes it.
struct SketchScan: @unchecked Sendable {
    private let index: FlatIndex
    private let allowed: [RowBitmap?]?
    private let queries: QueryMatrix
    private let work: SketchWork
    private let floors: SharedFloors?
    private let blockRowCount: Int
    private let isBatch: Bool

    /// Queries from which eight bits each are faster.
    static let batchSize = reel_has_vnni() ? 5 : 6
    /// Blocks between two looks at what others have found.
    private static let blocksBetweenLooks = 2

    /// - Parameter floors: shared with others who scan for the same queries; nil when there are none.
    init(
        index: FlatIndex, allowed: [RowBitmap?]?, queries: QueryMatrix, limit: Int,
        floors: SharedFloors?
    ) {
        self.floors = floors
        self.index = index
        self.allowed = allowed
        self.queries = queries
        isBatch = queries.count >= Self.batchSize
        let width = reel_sketch_width(queries.dimension)
        // A multiple of the six rows of a tile.
        let rowsInCache = (isBatch ? 120 << 10 : 256 << 10) / width
        blockRowCount = max(12, min(isBatch ? 240 : 960, rowsInCache / 12 * 12))
        work = SketchWork(
            index: index, queries: queries, limit: limit, blockRowCount: blockRowCount,
            isBatch: isBatch)
    }

    func scan(_ run: FlatIndex.Run) {
        let segment = index.segments[run.segment]
        guard let sketch = segment.sketch else { return }
        let sums = isBatch ? segment.codeSums() : []
        let bounds = segment.rowBounds(index.metric.kernel)
        withExtendedLifetime((segment, bounds)) {
            (allowed?[run.segment]).withWords { words in
                var start = run.rows.lowerBound
                var blockCount = 0
                while start < run.rows.upperBound {
                    let rows = start..<min(start + blockRowCount, run.rows.upperBound)
                    makeRoom()
                    if blockCount % Self.blocksBetweenLooks == 0 {
                        floors?.exchange(work.exchangeFloor)
                    }
                    blockCount += 1
                    let first = UInt64(run.segment) << 32 | UInt64(start)
                    if isBatch {
                        sums.withUnsafeBufferPointer { sums in
                            guard let sums = sums.baseAddress else { return }
                            work.offerTiles(
                                rows, of: sketch, sums: sums + start, bounds.from(start),
                                first: first, allowed: words)
                        }
                    } else {
                        work.offerRows(
                            rows, of: sketch, bounds.from(start), first: first, allowed: words)
                    }
                    start = rows.upperBound
                }
            }
        }
    }

    /// Every query needs room for a whole block. Where ruling out is not enough (thousands of
    /// equal rows), the pending rows are scored and only the best are kept.
    private func makeRoom() {
        for query in 0..<queries.count where !work.hasRoom(query) {
            work.prune(query)
            if !work.hasRoom(query) { work.settle(query) }
        }
    }

    /// Forgets the rows of some scans that rows of the others rule out.
    static func ruleOut(_ query: Int, in scans: [SketchScan], limit: Int) {
        let lower = scans.flatMap { $0.work.lowerBounds(query) }
        var keys = [Int32](repeating: 0, count: lower.count)
        var chosen = [UInt32](repeating: 0, count: lower.count)
        let count = reel_choose_largest(lower, lower.count, limit, &keys, &chosen)
        guard count == limit else { return }
        let threshold = chosen[..<count].reduce(Float.infinity) { min($0, lower[Int($1)]) }
        for scan in scans { scan.work.prune(query, below: threshold) }
    }

    /// What may be among the best, with exact scores, in no order.
    func finish(_ query: Int) -> [reel_candidate] { work.finish(query) }
}

/// The memory of a scan: queries in whole numbers, products of a block, and for each query the rows
/// that are not ruled out.
final class SketchWork {
    private let index: FlatIndex
    private let queries: QueryMatrix
    private var metric: VectorMetric { index.metric }
    private let limit: Int
    private let blockRowCount: Int
    private let width: Int
    private let pendingCapacity: Int
    private var queryBounds: [reel_query_bounds]
    private var possible: [reel_possible]
    /// Queries × limit; made when the room for pending rows is full for the first time.
    private var settledHeaps: [reel_candidate] = []
    private var settledCounts: [Int]

    // One allocation each, given back in `deinit`.
    private let lowest: UnsafeMutablePointer<Float>  // queries × 2 × limit
    private let pending: UnsafeMutablePointer<reel_candidate>  // queries × pendingCapacity
    private let dots: UnsafeMutablePointer<Int32>  // rows × 64, or × queries
    private let codes: UnsafeMutablePointer<UInt8>  // packed groups, or fine queries
    /// The queries one after another, where half of a tile would be empty.
    private let spread: UnsafeMutablePointer<UInt8>?  // 8 × width
    private var fineQueries: [reel_fine_query] = []

    private static let groupsPerTile = 4
    /// Pending rows up to which there is more room than needed: rows that are scored to make room would
    /// often have been ruled out by what is found later.
    private static let roomyCapacity = 4096
    /// Queries up to which half of a tile would be empty.
    private static let halfTile = 8
    private var groupCount: Int { (queries.count + 15) / 16 }

    init(
        index: FlatIndex, queries: QueryMatrix, limit: Int, blockRowCount: Int, isBatch: Bool
    ) {
        self.index = index
        self.queries = queries
        self.limit = limit
        self.blockRowCount = blockRowCount
        width = reel_sketch_width(queries.dimension)
        let needed = 2 * blockRowCount + 2 * min(limit, 4096) + 256
        pendingCapacity = max(needed, min(3 * needed, Self.roomyCapacity))
        let groups = (queries.count + 15) / 16
        lowest = .allocate(capacity: queries.count * 2 * limit)
        pending = .allocate(capacity: queries.count * pendingCapacity)
        dots = .allocate(
            capacity: blockRowCount * (isBatch ? 16 * Self.groupsPerTile : queries.count))
        codes = .allocate(
            capacity: isBatch ? groups * 16 * width : queries.count * 4 * width)
        spread =
            isBatch && queries.count <= Self.halfTile && reel_has_vnni()
            ? .allocate(capacity: Self.halfTile * width) : nil
        queryBounds = []
        possible = []
        settledCounts = [Int](repeating: 0, count: queries.count)
        for query in 0..<queries.count {
            possible.append(
                reel_possible_make(
                    lowest + query * 2 * limit, limit, pending + query * pendingCapacity))
        }
        if isBatch { packQueries() } else { refineQueries() }
        if let spread { reel_coarse_queries_spread(codes, width, spread) }
    }

    deinit {
        lowest.deallocate()
        pending.deallocate()
        dots.deallocate()
        codes.deallocate()
        spread?.deallocate()
    }

    private func packQueries() {
        queries.values.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for group in 0..<groupCount {
                var (scales, errors, norms) = (
                    [Float](repeating: 0, count: 16), [Float](repeating: 0, count: 16),
                    [Float](repeating: 0, count: 16)
                )
                let count = min(16, queries.count - group * 16)
                reel_coarse_queries_pack(
                    values + group * 16 * queries.dimension, count, queries.dimension,
                    reel_coarse_zero(), codes + group * 16 * width, &scales, &errors, &norms)
                for query in 0..<count {
                    queryBounds.append(
                        reel_query_bounds_make(
                            scales[query], norms[query], errors[query], queries.dimension,
                            metric.kernel))
                }
            }
        }
    }

    private func refineQueries() {
        queries.values.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for query in 0..<queries.count {
                var fine = reel_fine_query()
                fine.codes = UnsafeMutableRawPointer(codes + query * 4 * width)
                    .assumingMemoryBound(to: Int8.self)
                reel_fine_query_set(
                    &fine, values + query * queries.dimension, queries.dimension)
                fineQueries.append(fine)
                queryBounds.append(
                    reel_query_bounds_make(
                        fine.scale, fine.norm, fine.error, queries.dimension, metric.kernel))
            }
        }
    }

    // MARK: A block of rows

    /// - Parameter sums: of these rows' codes.
    func offerTiles(
        _ rows: Range<Int>, of sketch: VectorSegment.Sketch, sums: UnsafePointer<Int32>,
        _ rowBounds: reel_row_bounds, first: UInt64, allowed: UnsafePointer<UInt64>?
    ) {
        let start = sketch.codes + rows.lowerBound * width
        possible.withUnsafeMutableBufferPointer { possible in
            queryBounds.withUnsafeBufferPointer { queryBounds in
                guard let possible = possible.baseAddress, let bounds = queryBounds.baseAddress
                else { return }
                for tile in stride(from: 0, to: groupCount, by: Self.groupsPerTile) {
                    let groups = min(Self.groupsPerTile, groupCount - tile)
                    if let spread {
                        reel_coarse_few_vnni(
                            start, sums, rows.count, width, spread, reel_coarse_zero(),
                            queries.count, dots)
                    } else {
                        reel_coarse_dot(
                            start, sums, rows.count, width, codes + tile * 16 * width,
                            reel_coarse_zero(), groups, dots)
                    }
                    for group in 0..<groups {
                        let query = (tile + group) * 16
                        reel_offer_bounds_group(
                            possible + query, min(16, queries.count - query),
                            dots + group * rows.count * 16, rowBounds, rows.count, bounds + query,
                            first, allowed, rows.lowerBound)
                    }
                }
            }
        }
    }

    func offerRows(
        _ rows: Range<Int>, of sketch: VectorSegment.Sketch, _ rowBounds: reel_row_bounds,
        first: UInt64, allowed: UnsafePointer<UInt64>?
    ) {
        reel_fine_dots(
            sketch.codes + rows.lowerBound * width, rows.count, width, fineQueries, queries.count,
            dots, blockRowCount)
        for query in 0..<queries.count {
            reel_offer_bounds(
                &possible[query], dots + query * blockRowCount, rowBounds, rows.count,
                queryBounds[query], first, nil, allowed, rows.lowerBound)
        }
    }

    // MARK: Rows that are not ruled out

    func hasRoom(_ query: Int) -> Bool {
        possible[query].pendingCount + blockRowCount <= pendingCapacity
    }

    func prune(_ query: Int) {
        reel_possible_prune(&possible[query])
        reel_possible_prune_below(&possible[query], queryBounds[query].floor)
    }

    /// Tells others who scan what this scan knows of a query, and takes over what they do.
    func exchangeFloor(_ query: Int, _ known: inout Float) {
        known = max(known, reel_possible_threshold(&possible[query]))
        queryBounds[query].floor = known
    }

    /// Lower bounds of the best rows, and of some others.
    func lowerBounds(_ query: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: possible[query].lowest, count: possible[query].lowestCount)
    }

    /// Forgets pending rows that cannot reach a score.
    func prune(_ query: Int, below threshold: Float) {
        reel_possible_prune_below(&possible[query], threshold)
    }

    /// Rows whose memory is asked for ahead.
    private static let rowsAhead = 6

    /// Scores what is pending and keeps the best; their scores are the bounds from now on.
    func settle(_ query: Int) {
        prune(query)
        if settledHeaps.isEmpty {
            settledHeaps = [reel_candidate](
                repeating: reel_candidate(), count: queries.count * limit)
        }
        settledHeaps.withUnsafeMutableBufferPointer { heaps in
            guard let heap = heaps.baseAddress.map({ $0 + query * limit }) else { return }
            forEachPending(query) { candidate in
                var score = candidate.score
                settledCounts[query] = reel_offer_scores(
                    heap, settledCounts[query], limit, &score, 1, candidate.position)
            }
            possible[query].pendingCount = 0
            possible[query].lowestCount = 0
            for place in 0..<settledCounts[query] {
                reel_possible_offer_lower(&possible[query], heap[place].score)
            }
            reel_possible_tighten(&possible[query])
        }
    }

    /// What may be among the best, with exact scores, in no order.
    func finish(_ query: Int) -> [reel_candidate] {
        if settledCounts[query] > 0 {
            settle(query)
            return Array(settledHeaps[query * limit..<query * limit + settledCounts[query]])
        }
        prune(query)
        let pending = UnsafeBufferPointer(
            start: possible[query].pending, count: possible[query].pendingCount)
        let chosen = mostPromising(of: pending)
        guard !chosen.isEmpty else { return exactScores(of: Array(pending), for: query) }
        // Estimates are far better than their bounds: the exact scores of those that promise most
        // rule out half of the others.
        var rest: [reel_candidate] = []
        rest.reserveCapacity(pending.count)
        var next = 0
        for (place, row) in pending.enumerated() {
            if next < chosen.count, Int(chosen[next]) == place {
                next += 1
            } else {
                rest.append(row)
            }
        }
        var found = exactScores(of: chosen.map { pending[Int($0)] }, for: query)
        guard found.count == limit else { return found + exactScores(of: rest, for: query) }
        let threshold = found.reduce(Float.infinity) { min($0, $1.score) }
        rest.removeAll { $0.score < threshold }
        found += exactScores(of: rest, for: query).filter { $0.score >= threshold }
        return found
    }

    /// The places of the rows with the largest upper bounds, as many as are sought, in their order;
    /// none when there are no more.
    private func mostPromising(of rows: UnsafeBufferPointer<reel_candidate>) -> [UInt32] {
        guard rows.count > limit else { return [] }
        let upper = rows.map(\.score)
        var keys = [Int32](repeating: 0, count: rows.count)
        var chosen = [UInt32](repeating: 0, count: rows.count)
        let count = reel_choose_largest(upper, upper.count, limit, &keys, &chosen)
        return Array(chosen[..<count])
    }

    /// Without those that are no number: they are never among the best.
    private func exactScores(of rows: [reel_candidate], for query: Int) -> [reel_candidate] {
        var found: [reel_candidate] = []
        found.reserveCapacity(rows.count)
        rows.withUnsafeBufferPointer { rows in
            score(rows, for: query) { if !$0.score.isNaN { found.append($0) } }
        }
        return found
    }

    /// Pending rows with their exact scores.
    private func forEachPending(_ query: Int, _ body: (reel_candidate) -> Void) {
        let rows = UnsafeBufferPointer(
            start: possible[query].pending, count: possible[query].pendingCount)
        score(rows, for: query, body)
    }

    /// Rows with their exact scores. They lie far apart: while one is scored, the memory of those to come
    /// is on its way.
    private func score(
        _ rows: UnsafeBufferPointer<reel_candidate>, for query: Int,
        _ body: (reel_candidate) -> Void
    ) {
        for row in rows.prefix(Self.rowsAhead) { index.stored[row.part].fetchAhead(row.row) }
        queries.withRow(query) { values in
            for (place, row) in rows.enumerated() {
                if place + Self.rowsAhead < rows.count {
                    let next = rows[place + Self.rowsAhead]
                    index.stored[next.part].fetchAhead(next.row)
                }
                body(
                    reel_candidate(
                        score: exactScore(of: row, for: values), position: row.position))
            }
        }
    }

    private func exactScore(of row: reel_candidate, for query: UnsafePointer<Float>) -> Float {
        if metric == .innerProduct,
            let score = index.stored[row.part].product(row.row, query)
        {
            return score
        }
        var score: Float = 0
        RowScorer(segment: index.segments[row.part], metric: metric).score(
            rows: row.row..<row.row + 1, queries: query, queryCount: 1, into: &score, stride: 1)
        return score
    }
}
