import CKernels

/// One thread's search of lists, and the memory it works in.
///
/// `@unchecked Sendable`: used by one thread at a time; `SearchPool` hands it from one to the next.
final class IVFPQSearch: @unchecked Sendable {
    private let quantizer: IVFQuantizer
    let limit: Int
    /// Rows to look at again.
    let wanted: Int

    private let fine: FineQuery
    private let room: CentreTable.Room
    private var tables: [Float]
    private var entries: [UInt8]
    private var sums: [UInt16]
    private var counts: [UInt32]
    private var shortlisted: [reel_shortlisted]
    private var paddedQuery: [Float]
    private var rest: [Float]
    private var scores: [Float] = []
    private let refinement: Refinement

    /// The value of a row in the best list whose codes add nothing; lists farther off than this
    /// many steps count as equally far.
    private static let anchor = 4096

    /// - Parameter wanted: rows to look at again; at least `limit`.
    init(quantizer: IVFQuantizer, limit: Int, wanted: Int) {
        self.quantizer = quantizer
        self.limit = limit
        self.wanted = wanted
        fine = FineQuery(dimension: quantizer.dimension)
        room = CentreTable.Room(quantizer.centres)
        let parts = quantizer.parts
        tables = [Float](repeating: 0, count: parts.partCount * parts.centreCount)
        entries = [UInt8](repeating: 0, count: reel_code_block_size(parts.partCount))
        sums = [UInt16](repeating: 0, count: IVFPQIndex.blocksAtOnce * 32)
        counts = [UInt32](repeating: 0, count: 4 * Self.anchor + 255 * parts.partCount)
        shortlisted = [reel_shortlisted](repeating: reel_shortlisted(), count: 4 * wanted + 256)
        paddedQuery = [Float](repeating: 0, count: parts.paddedDimension)
        rest = paddedQuery
        refinement = Refinement(
            dimension: quantizer.dimension, limit: limit, capacity: 4 * wanted + 256)
    }

    /// Which of the probed lists a search looks into, where several share one query.
    struct Share {
        var number = 0
        var count = 1
    }

    /// The best rows of a query, best first.
    func nearest(
        in index: IVFPQIndex, to query: UnsafePointer<Float>, probes: Int, share: Share = Share(),
        allowed: UnsafePointer<UInt64>?
    ) -> [VectorMatch] {
        fine.set(query)
        var lists = quantizer.centres.nearest(probes, to: fine, in: room)
        if share.count > 1 {
            lists = stride(from: share.number, to: lists.count, by: share.count).map { lists[$0] }
        }
        let rows = shortlist(for: query, lists, in: index, allowed: allowed)
        return refinement.best(of: rows, in: index, for: query, fine)
    }

    /// The best rows of each of some neighbouring queries.
    func nearest(
        in index: IVFPQIndex, to queries: QueryMatrix, _ numbers: Range<Int>, probes: Int,
        allowed: UnsafePointer<UInt64>?
    ) -> [[VectorMatch]] {
        var result: [[VectorMatch]] = []
        result.reserveCapacity(numbers.count)
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.blockSize) {
            let count = min(Self.blockSize, numbers.upperBound - first)
            queries.withRow(first) { block in
                quantizer.centres.forEachNearest(probes, to: block, count: count, in: room) {
                    let query = block + $0 * quantizer.dimension
                    fine.set(query)
                    let rows = shortlist(for: query, $1, in: index, allowed: allowed)
                    result.append(refinement.best(of: rows, in: index, for: query, fine))
                }
            }
        }
        return result
    }

    private static let blockSize = CentreProduct.queryCount

    /// Rows of the whole index whose codes look best, in no order, each with its value.
    private func shortlist(
        for query: UnsafePointer<Float>, _ probes: [CentreTable.Probe], in index: IVFPQIndex,
        allowed: UnsafePointer<UInt64>?
    ) -> ArraySlice<reel_shortlisted> {
        for column in 0..<quantizer.dimension { paddedQuery[column] = query[column] }
        guard quantizer.bits == 4 else {
            return shortlistOfBytes(for: query, probes, in: index, allowed)
        }
        var list = reel_shortlist()
        list.wanted = wanted
        return counts.withUnsafeMutableBufferPointer { counts in
            shortlisted.withUnsafeMutableBufferPointer { rows in
                list.counts = counts.baseAddress
                list.valueLimit = UInt32(counts.count)
                list.rows = rows.baseAddress
                list.capacity = rows.count
                reel_shortlist_begin(&list, wanted)
                scan(probes, of: index, for: query, into: &list, allowed)
                reel_shortlist_end(&list)
            }
            return shortlisted[..<list.count]
        }
    }

    private func scan(
        _ probes: [CentreTable.Probe], of index: IVFPQIndex, for query: UnsafePointer<Float>,
        into list: inout reel_shortlist, _ allowed: UnsafePointer<UInt64>?
    ) {
        var scale = ValueScale()
        for probe in probes {
            let base = setEntries(for: query, probe, &scale)
            index.forEachBlocks(ofList: probe.list) { blocks in
                reel_code_scan(
                    blocks.codes, blocks.count, quantizer.partCount, entries, &sums)
                reel_shortlist_offer(
                    &list, sums, blocks.rowCount, base, UInt32(blocks.firstRow), allowed)
            }
        }
    }

    /// What all values of a query have in common.
    struct ValueScale {
        /// The score that is worth `anchor`.
        fileprivate var anchored: Float?
        fileprivate var rounded = reel_byte_tables()
    }

    /// Makes `entries` those of a list.
    /// - Returns: the value of a row there whose codes add nothing.
    private func setEntries(
        for query: UnsafePointer<Float>, _ probe: CentreTable.Probe, _ scale: inout ValueScale
    ) -> UInt32 {
        if quantizer.metric == .euclidean {
            setDistanceTables(query, probe.list)
            scale.rounded = reel_byte_tables_set(
                tables, quantizer.partCount, scale.anchored == nil ? 0 : scale.rounded.step,
                &entries)
        } else if scale.anchored == nil {
            quantizer.parts.withCodebook { reel_pq_tables($0, paddedQuery, &tables) }
            scale.rounded = reel_byte_tables_set(tables, quantizer.partCount, 0, &entries)
        }
        let lowest = probe.score + scale.rounded.lowest
        let anchored = scale.anchored ?? lowest
        scale.anchored = anchored
        let steps = ((lowest - anchored) / scale.rounded.step).rounded()
        let base = Float(Self.anchor) + min(max(steps, Float(-Self.anchor)), Float(Self.anchor))
        return base.isFinite ? UInt32(base) : 0
    }

    private func setDistanceTables(_ query: UnsafePointer<Float>, _ list: Int) {
        let dimension = quantizer.dimension
        quantizer.centres.values.withUnsafeBufferPointer { centres in
            guard let centre = centres.baseAddress.map({ $0 + list * dimension }) else { return }
            _ = reel_rest(query, centre, dimension, &rest)
        }
        quantizer.parts.withCodebook { reel_pq_distance_tables($0, rest, &tables) }
    }

    /// Codes of eight bits: tables in full, rows one by one.
    private func shortlistOfBytes(
        for query: UnsafePointer<Float>, _ probes: [CentreTable.Probe], in index: IVFPQIndex,
        _ allowed: UnsafePointer<UInt64>?
    ) -> ArraySlice<reel_shortlisted> {
        var heap = [reel_candidate](repeating: reel_candidate(), count: wanted)
        var kept = 0
        var scale = ValueScale()
        for probe in probes {
            forEachValues(of: probe, in: index, for: query, &scale) { first, values in
                if let allowed {
                    for row in 0..<values.count
                    where allowed[(first + row) / 64] >> UInt64((first + row) % 64) & 1 == 0 {
                        values[row] = .nan
                    }
                }
                kept = reel_offer_scores(
                    &heap, kept, wanted, values.baseAddress, values.count, UInt64(first))
            }
        }
        // Values only order the rows.
        heap[..<kept].sort { $0.score < $1.score }
        for (value, candidate) in heap[..<kept].enumerated() {
            shortlisted[value] = reel_shortlisted(
                row: UInt32(candidate.position), value: UInt32(value))
        }
        return shortlisted[..<kept]
    }

    /// The values of all rows of a list, piece by piece, each with its first row's number in the
    /// whole index: what orders the shortlist.
    private func forEachValues(
        of probe: CentreTable.Probe, in index: IVFPQIndex, for query: UnsafePointer<Float>,
        _ scale: inout ValueScale, _ body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        func room(for count: Int) {
            if scores.count < count { scores = [Float](repeating: 0, count: count) }
        }
        func give(_ count: Int, _ first: Int) {
            scores.withUnsafeMutableBufferPointer {
                body(first, UnsafeMutableBufferPointer(rebasing: $0[..<count]))
            }
        }
        guard quantizer.bits == 8 else {
            let base = Float(setEntries(for: query, probe, &scale))
            index.forEachBlocks(ofList: probe.list) { blocks in
                reel_code_scan(blocks.codes, blocks.count, quantizer.partCount, entries, &sums)
                room(for: blocks.rowCount)
                reel_widen_sums(sums, blocks.rowCount, base, &scores)
                give(blocks.rowCount, blocks.firstRow)
            }
            return
        }
        if quantizer.metric == .euclidean {
            setDistanceTables(query, probe.list)
        } else if scale.anchored == nil {
            quantizer.parts.withCodebook { reel_pq_tables($0, paddedQuery, &tables) }
            scale.anchored = 0
        }
        for (part, firstRow) in zip(index.parts, index.firstRows) {
            guard let codes = part.codes.codes else { continue }
            let rows = part.codes.rowStarts[probe.list]..<part.codes.rowStarts[probe.list + 1]
            guard !rows.isEmpty else { continue }
            room(for: rows.count)
            reel_pq_sums(
                codes + rows.lowerBound * quantizer.partCount, rows.count, quantizer.partCount,
                quantizer.parts.centreCount, tables, probe.score, &scores)
            give(rows.count, firstRow + rows.lowerBound)
        }
    }

    // MARK: Measuring

    /// Where rows would stand in the shortlist, as more and more lists are looked into.
    /// - Parameters:
    ///   - targets: rows of the whole index, different ones.
    ///   - own: a row that does not count: the query's.
    ///   - steps: numbers of lists, ascending.
    /// - Returns: per step, the places of those targets whose lists are looked into; among equal
    ///   values a target comes last.
    func places(
        of targets: [Int], without own: Int, in index: IVFPQIndex,
        for query: UnsafePointer<Float>, steps: [Int]
    ) -> [[Int]] {
        fine.set(query)
        for column in 0..<quantizer.dimension { paddedQuery[column] = query[column] }
        let probes = quantizer.centres.nearest(steps.last ?? 0, to: fine, in: room)
        var turns = [Int?](repeating: nil, count: quantizer.listCount)
        for (turn, probe) in probes.enumerated() { turns[probe.list] = turn }
        let rows = targets + [own]
        let turnOfRow = rows.map { turns[index.list(of: $0)] }
        var scale = ValueScale()
        if let nearest = probes.first {
            // The first list sets the scale of all values.
            forEachValues(of: nearest, in: index, for: query, &scale) { _, _ in }
        }
        var values = [Float](repeating: -.infinity, count: rows.count)
        for turn in Set(turnOfRow.compactMap { $0 }) {
            forEachValues(of: probes[turn], in: index, for: query, &scale) { first, piece in
                for (place, row) in rows.enumerated()
                where row >= first && row < first + piece.count {
                    values[place] = piece[row - first]
                }
            }
        }
        var counts = [Int](repeating: 0, count: targets.count)
        var result: [[Int]] = []
        var next = 0
        for step in steps {
            while next < min(step, probes.count) {
                forEachValues(of: probes[next], in: index, for: query, &scale) { _, piece in
                    for target in targets.indices {
                        counts[target] += reel_count_at_least(
                            piece.baseAddress, piece.count, values[target])
                    }
                }
                next += 1
            }
            let ownIsMet = turnOfRow[targets.count].map { $0 < next } ?? false
            result.append(
                targets.indices.compactMap { target in
                    guard let turn = turnOfRow[target], turn < next else { return nil }
                    // Neither itself nor the query's row stands before it.
                    return counts[target] - 1
                        - (ownIsMet && values[targets.count] >= values[target] ? 1 : 0)
                })
        }
        return result
    }
}
