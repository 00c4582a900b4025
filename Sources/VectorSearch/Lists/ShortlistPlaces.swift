import CKernels

/// Measures where rows would stand in the shortlist of a query; one a thread.
final class ShortlistPlaces {
    private let quantizer: IVFQuantizer
    private let fine: FineQuery
    private let room: CentreTable.Room
    private let values: ListValues

    init(_ quantizer: IVFQuantizer) {
        self.quantizer = quantizer
        fine = FineQuery(dimension: quantizer.dimension)
        room = CentreTable.Room(quantizer.centres)
        values = ListValues(quantizer)
    }

    /// The places as more and more lists are looked into.
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
        let probes = quantizer.centres.nearest(steps.last ?? 0, to: fine, in: room)
        var turns = [Int?](repeating: nil, count: quantizer.listCount)
        for (turn, probe) in probes.enumerated() { turns[probe.list] = turn }
        let rows = targets + [own]
        let turnOfRow = rows.map { turns[index.list(of: $0)] }
        var state = ListValues.State()
        if let nearest = probes.first {
            // The first list sets the scale of all values.
            values.forEach(of: nearest, in: index, for: query, &state) { _, _ in }
        }
        var ofRow = [Float](repeating: -.infinity, count: rows.count)
        for turn in Set(turnOfRow.compactMap { $0 }) {
            values.forEach(of: probes[turn], in: index, for: query, &state) { first, piece in
                for (place, row) in rows.enumerated()
                where row >= first && row < first + piece.count {
                    ofRow[place] = piece[row - first]
                }
            }
        }
        var counts = [Int](repeating: 0, count: targets.count)
        var result: [[Int]] = []
        var next = 0
        for step in steps {
            while next < min(step, probes.count) {
                values.forEach(of: probes[next], in: index, for: query, &state) { _, piece in
                    for target in targets.indices {
                        counts[target] += reel_count_at_least(
                            piece.baseAddress, piece.count, ofRow[target])
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
                        - (ownIsMet && ofRow[targets.count] >= ofRow[target] ? 1 : 0)
                })
        }
        return result
    }
}
