import CKernels

/// One thread's search of lists, and the memory it works in.
final class IVFPQSearch {
    private let index: IVFPQIndex
    private let quantizer: IVFQuantizer
    private let limit: Int
    private let effort: IVFPQIndex.Effort

    private let room: CentreTable.Room
    private var tables: [Float]
    private var entries: [UInt8]
    private var sums: [UInt16]
    private var counts: [UInt32]
    private var shortlisted: [reel_shortlisted]
    private var paddedQuery: [Float]
    private var rest: [Float]
    private var scores: [Float] = []
    private var refinement: Refinement

    /// The value of a row in the best list whose codes add nothing; lists farther off than this
    /// many steps count as equally far.
    private static let anchor = 4096
    private static let blocksAtOnce = 64

    init(index: IVFPQIndex, limit: Int, effort: IVFPQIndex.Effort) {
        self.index = index
        self.limit = limit
        self.effort = effort
        quantizer = index.quantizer
        room = CentreTable.Room(quantizer.centres)
        let parts = quantizer.parts
        tables = [Float](repeating: 0, count: parts.partCount * parts.centreCount)
        entries = [UInt8](repeating: 0, count: reel_code_block_size(parts.partCount))
        sums = [UInt16](repeating: 0, count: Self.blocksAtOnce * 32)
        counts = [UInt32](repeating: 0, count: 4 * Self.anchor + 255 * parts.partCount)
        let wanted = max(limit, effort.shortlist)
        shortlisted = [reel_shortlisted](repeating: reel_shortlisted(), count: 4 * wanted + 256)
        paddedQuery = [Float](repeating: 0, count: parts.paddedDimension)
        rest = paddedQuery
        refinement = Refinement(index: index, limit: limit, capacity: 4 * wanted + 256)
    }

    func nearest(
        to queries: QueryMatrix, _ number: Int, allowed: UnsafePointer<UInt64>?
    ) -> [VectorMatch] {
        queries.values.withUnsafeBufferPointer { values in
            guard let query = values.baseAddress.map({ $0 + number * queries.dimension }) else {
                return []
            }
            let rows = shortlist(for: query, wanted: max(limit, effort.shortlist), allowed: allowed)
            return refinement.best(of: rows, for: query)
        }
    }

    /// Rows of the whole index whose codes look best, in no order, each with its value.
    func shortlist(
        for query: UnsafePointer<Float>, wanted: Int, allowed: UnsafePointer<UInt64>?
    ) -> ArraySlice<reel_shortlisted> {
        let probes = quantizer.centres.nearest(effort.probes, to: query, in: room)
        for column in 0..<quantizer.dimension { paddedQuery[column] = query[column] }
        guard quantizer.bits == 4 else {
            return shortlistOfBytes(for: query, probes, wanted, allowed)
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
                scan(probes, for: query, into: &list, allowed)
                reel_shortlist_end(&list)
            }
            return shortlisted[..<list.count]
        }
    }

    private func scan(
        _ probes: [CentreTable.Probe], for query: UnsafePointer<Float>,
        into list: inout reel_shortlist, _ allowed: UnsafePointer<UInt64>?
    ) {
        let isEuclidean = quantizer.metric == .euclidean
        var rounded = reel_byte_tables()
        var best: Float?
        for probe in probes {
            if isEuclidean {
                setDistanceTables(query, probe.list)
                rounded = reel_byte_tables_set(
                    tables, quantizer.partCount, best == nil ? 0 : rounded.step, &entries)
            } else if best == nil {
                quantizer.parts.withCodebook { reel_pq_tables($0, paddedQuery, &tables) }
                rounded = reel_byte_tables_set(tables, quantizer.partCount, 0, &entries)
            }
            let lowest = probe.score + rounded.lowest
            let anchored = best ?? lowest
            best = anchored
            let steps = ((lowest - anchored) / rounded.step).rounded()
            let base = Float(Self.anchor) + min(max(steps, Float(-Self.anchor)), Float(Self.anchor))
            scan(list: probe.list, base: base.isFinite ? UInt32(base) : 0, into: &list, allowed)
        }
    }

    private func scan(
        list number: Int, base: UInt32, into list: inout reel_shortlist,
        _ allowed: UnsafePointer<UInt64>?
    ) {
        let size = reel_code_block_size(quantizer.partCount)
        for (part, firstRow) in zip(index.parts, index.firstRows) {
            let segment = part.codes
            guard let codes = segment.codes else { continue }
            let rows = segment.rowStarts[number]..<segment.rowStarts[number + 1]
            let blocks = segment.blockStarts[number]..<segment.blockStarts[number + 1]
            for piece in stride(from: 0, to: blocks.count, by: Self.blocksAtOnce) {
                let taken = min(Self.blocksAtOnce, blocks.count - piece)
                reel_code_scan(
                    codes + (blocks.lowerBound + piece) * size, taken, quantizer.partCount,
                    entries, &sums)
                let count = min(taken * 32, rows.count - piece * 32)
                reel_shortlist_offer(
                    &list, sums, count, base, UInt32(firstRow + rows.lowerBound + piece * 32),
                    allowed)
            }
        }
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
        for query: UnsafePointer<Float>, _ probes: [CentreTable.Probe], _ wanted: Int,
        _ allowed: UnsafePointer<UInt64>?
    ) -> ArraySlice<reel_shortlisted> {
        var heap = [reel_candidate](repeating: reel_candidate(), count: wanted)
        var kept = 0
        if quantizer.metric != .euclidean {
            quantizer.parts.withCodebook { reel_pq_tables($0, paddedQuery, &tables) }
        }
        for probe in probes {
            if quantizer.metric == .euclidean { setDistanceTables(query, probe.list) }
            for (part, firstRow) in zip(index.parts, index.firstRows) {
                guard let codes = part.codes.codes else { continue }
                let rows = part.codes.rowStarts[probe.list]..<part.codes.rowStarts[probe.list + 1]
                if scores.count < rows.count {
                    scores = [Float](repeating: 0, count: rows.count)
                }
                reel_pq_sums(
                    codes + rows.lowerBound * quantizer.partCount, rows.count,
                    quantizer.partCount, quantizer.parts.centreCount, tables, probe.score,
                    &scores)
                let first = firstRow + rows.lowerBound
                if let allowed {
                    for row in 0..<rows.count
                    where allowed[(first + row) / 64] >> UInt64((first + row) % 64) & 1 == 0 {
                        scores[row] = .nan
                    }
                }
                kept = reel_offer_scores(&heap, kept, wanted, scores, rows.count, UInt64(first))
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
}
