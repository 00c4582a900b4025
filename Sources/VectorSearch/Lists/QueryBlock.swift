import CKernels

/// Queries that look through lists together, and the best rows of each: a list is read once for all
/// of them that look into it. One a thread.
///
/// The rows that are kept of a query do not depend on which others are in the block: its nearest list
/// comes first, and then the others in their order.
final class QueryBlock {
    /// Queries at most.
    let capacity: Int
    private(set) var count = 0
    private let quantizer: IVFQuantizer
    private let wanted: Int
    private let tables: QueryTables

    private let entrySize: Int
    private let entries: UnsafeMutablePointer<UInt8>  // capacity × entrySize
    private let best: UnsafeMutablePointer<reel_best_rows>  // capacity
    private let values: UnsafeMutablePointer<UInt16>  // capacity × roomPerQuery
    private let rows: UnsafeMutablePointer<UInt32>  // capacity × roomPerQuery
    private let keys: UnsafeMutablePointer<Int32>  // lists
    private let chosen: UnsafeMutablePointer<UInt32>  // lists
    private let starts: UnsafeMutablePointer<Int>  // lists + 1
    private let together: UnsafeMutablePointer<reel_list_query>  // capacity

    /// A query's look into a list.
    private struct Visit {
        var list: UInt32
        var query: UInt32
        var base: UInt32
    }
    private var visits: [Visit] = []
    private var sorted: [Visit] = []

    /// Which of its lists a query looks into, where several threads share one.
    struct Share {
        var number = 0
        var count = 1
    }

    /// - Parameter wanted: best rows to keep of each query.
    init(_ quantizer: IVFQuantizer, wanted: Int, capacity: Int) {
        self.quantizer = quantizer
        self.wanted = wanted
        self.capacity = capacity
        tables = QueryTables(quantizer)
        entrySize = reel_code_block_size(quantizer.partCount)
        let roomPerQuery = Self.roomPerQuery(wanted)
        entries = UnsafeMutableRawPointer.allocate(byteCount: capacity * entrySize, alignment: 64)
            .bindMemory(to: UInt8.self, capacity: capacity * entrySize)
        best = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity * roomPerQuery)
        rows = .allocate(capacity: capacity * roomPerQuery)
        keys = .allocate(capacity: quantizer.listCount)
        chosen = .allocate(capacity: quantizer.listCount)
        starts = .allocate(capacity: quantizer.listCount + 1)
        together = .allocate(capacity: capacity)
        for query in 0..<capacity {
            best[query] = reel_best_rows(
                values: values + query * roomPerQuery, rows: rows + query * roomPerQuery,
                capacity: roomPerQuery, wanted: wanted, count: 0, threshold: 0)
        }
    }

    deinit {
        UnsafeMutableRawPointer(entries).deallocate()
        best.deallocate()
        values.deallocate()
        rows.deallocate()
        keys.deallocate()
        chosen.deallocate()
        starts.deallocate()
        together.deallocate()
    }

    /// Twice as many as wanted and some: what is too much is sorted out that rarely.
    private static func roomPerQuery(_ wanted: Int) -> Int {
        (2 * wanted + 256).roundedUp(to: 32)
    }

    /// So many queries that what belongs to them stays in the second cache.
    static func capacity(_ quantizer: IVFQuantizer, wanted: Int) -> Int {
        let bytes = reel_code_block_size(quantizer.partCount) + 6 * roomPerQuery(wanted)
        return max(1, min(256, (1 << 20) / bytes))
    }

    func removeAll() {
        count = 0
        visits.removeAll(keepingCapacity: true)
    }

    /// Adds a query and looks through the nearest list of its share.
    /// - Parameters:
    ///   - scores: of all lists.
    ///   - probes: lists to look into.
    func add(
        _ query: UnsafePointer<Float>, scores: UnsafePointer<Float>, probes: Int,
        share: Share = Share(), in index: IVFPQIndex, allowed: UnsafePointer<UInt64>?
    ) {
        let number = count
        count += 1
        reel_best_rows_begin(best + number, wanted)
        let found = reel_choose_largest(scores, quantizer.listCount, probes, keys, chosen)
        let own = stride(from: share.number, to: found, by: share.count)
        guard var nearest = own.first(where: { _ in true }).map({ Int(chosen[$0]) }) else { return }
        for place in own where scores[Int(chosen[place])] > scores[nearest] {
            nearest = Int(chosen[place])
        }
        var scale = QueryTables.Scale()
        let entries = entries + number * entrySize
        func setEntries(_ list: Int) -> UInt32 {
            tables.setEntries(
                entries, for: query, list: list, score: scores[list], &scale)
        }
        func look(_ list: Int, base: UInt32) {
            together[0] = reel_list_query(entries: entries, base: base, best: best + number)
            scan(list, queryCount: 1, of: index, allowed)
        }
        look(nearest, base: setEntries(nearest))
        for place in own where Int(chosen[place]) != nearest {
            let list = Int(chosen[place])
            if tables.differByList {
                look(list, base: setEntries(list))
            } else {
                visits.append(
                    Visit(
                        list: chosen[place], query: UInt32(number),
                        base: tables.base(ofScore: scores[list], scale)))
            }
        }
    }

    /// Looks through the other lists of all queries.
    func finish(in index: IVFPQIndex, allowed: UnsafePointer<UInt64>?) {
        sortVisits()
        var next = 0
        while next < sorted.count {
            let list = sorted[next].list
            var queryCount = 0
            while next < sorted.count, sorted[next].list == list {
                let visit = sorted[next]
                together[queryCount] = reel_list_query(
                    entries: entries + Int(visit.query) * entrySize, base: visit.base,
                    best: best + Int(visit.query))
                queryCount += 1
                next += 1
            }
            scan(Int(list), queryCount: queryCount, of: index, allowed)
        }
        for query in 0..<count { reel_best_rows_end(best + query) }
    }

    /// Visits in the order of their lists, by counting.
    private func sortVisits() {
        guard count > 1 else {
            swap(&visits, &sorted)
            return
        }
        starts.update(repeating: 0, count: quantizer.listCount + 1)
        for visit in visits { starts[Int(visit.list) + 1] += 1 }
        for list in 0..<quantizer.listCount { starts[list + 1] += starts[list] }
        if sorted.count < visits.count {
            sorted = visits
        } else {
            sorted.removeLast(sorted.count - visits.count)
        }
        for visit in visits {
            sorted[starts[Int(visit.list)]] = visit
            starts[Int(visit.list)] += 1
        }
    }

    private func scan(
        _ list: Int, queryCount: Int, of index: IVFPQIndex, _ allowed: UnsafePointer<UInt64>?
    ) {
        index.forEachExtent(ofList: list) { extent in
            reel_list_scan(
                extent.codes, extent.rowCount, quantizer.partCount, UInt32(extent.firstRow),
                allowed, together, queryCount)
        }
    }

    /// Rows of the whole index whose codes look best, once all lists are looked through.
    func bestRows(of query: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: best[query].rows, count: best[query].count)
    }
}
