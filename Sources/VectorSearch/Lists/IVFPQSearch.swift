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
    private let block: QueryBlock
    private let refinement: Refinement
    /// Only codes of eight bits need it.
    private lazy var values = ListValues(quantizer)

    /// - Parameter wanted: rows to look at again; at least `limit`.
    init(quantizer: IVFQuantizer, limit: Int, wanted: Int) {
        self.quantizer = quantizer
        self.limit = limit
        self.wanted = wanted
        fine = FineQuery(dimension: quantizer.dimension)
        room = CentreTable.Room(quantizer.centres)
        block = QueryBlock(
            quantizer, wanted: wanted, capacity: QueryBlock.capacity(quantizer, wanted: wanted))
        refinement = Refinement(dimension: quantizer.dimension, limit: limit, capacity: wanted)
    }

    /// The best rows of a query, best first.
    func nearest(
        in index: IVFPQIndex, to query: UnsafePointer<Float>, probes: Int,
        share: QueryBlock.Share = QueryBlock.Share(), allowed: UnsafePointer<UInt64>?
    ) -> [VectorMatch] {
        fine.set(query)
        guard quantizer.bits == 4 else {
            var lists = quantizer.centres.nearest(probes, to: fine, in: room)
            if share.count > 1 {
                lists = stride(from: share.number, to: lists.count, by: share.count)
                    .map { lists[$0] }
            }
            return nearestByBytes(in: index, to: query, lists, allowed)
        }
        block.removeAll()
        quantizer.centres.withScores(of: fine, in: room) {
            block.add(query, scores: $0, probes: probes, share: share, in: index, allowed: allowed)
        }
        block.finish(in: index, allowed: allowed)
        return refinement.best(of: block.bestRows(of: 0), in: index, for: query, fine)
    }

    /// The best rows of each of some neighbouring queries.
    func nearest(
        in index: IVFPQIndex, to queries: QueryMatrix, _ numbers: Range<Int>, probes: Int,
        allowed: UnsafePointer<UInt64>?
    ) -> [[VectorMatch]] {
        var result: [[VectorMatch]] = []
        result.reserveCapacity(numbers.count)
        guard quantizer.bits == 4 else {
            for number in numbers {
                queries.withRow(number) {
                    result.append(nearest(in: index, to: $0, probes: probes, allowed: allowed))
                }
            }
            return result
        }
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: block.capacity) {
            let count = min(block.capacity, numbers.upperBound - first)
            queries.withRow(first) { rows in
                block.removeAll()
                quantizer.centres.forEachScores(of: rows, count: count, in: room) {
                    block.add(
                        rows + $0 * quantizer.dimension, scores: $1, probes: probes, in: index,
                        allowed: allowed)
                }
                block.finish(in: index, allowed: allowed)
                for number in 0..<count {
                    let query = rows + number * quantizer.dimension
                    fine.set(query)
                    result.append(
                        refinement.best(of: block.bestRows(of: number), in: index, for: query, fine)
                    )
                }
            }
        }
        return result
    }

    /// Codes of eight bits: tables in full, rows one by one.
    private func nearestByBytes(
        in index: IVFPQIndex, to query: UnsafePointer<Float>, _ probes: [CentreTable.Probe],
        _ allowed: UnsafePointer<UInt64>?
    ) -> [VectorMatch] {
        var heap = [reel_candidate](repeating: reel_candidate(), count: wanted)
        var kept = 0
        var state = ListValues.State()
        for probe in probes {
            values.forEach(of: probe, in: index, for: query, &state) { first, values in
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
        let rows = heap[..<kept].map { UInt32($0.position) }
        return rows.withUnsafeBufferPointer {
            refinement.best(of: $0, in: index, for: query, fine)
        }
    }
}
