import CKernels

/// Measures where rows would stand in the shortlist of a query; one a thread.
final class ShortlistPlaces {
    private let quantizer: IVFQuantizer
    private let fine: FineQuery
    private let room: CentreTable.Room
    private let values: ListValues
    /// When each list is looked into; `max` where it is not.
    private var turns: [Int]

    init(_ quantizer: IVFQuantizer) {
        self.quantizer = quantizer
        fine = FineQuery(dimension: quantizer.dimension)
        room = CentreTable.Room(quantizer.centres)
        values = ListValues(quantizer, limitCount: Self.rowLimit)
        turns = [Int](repeating: .max, count: quantizer.listCount)
    }

    /// Rows that are looked for, at most, the query's own among them.
    static let rowLimit = 16

    /// Not looked into yet.
    static let unmet = Int32.max

    /// The places as more and more lists are looked into.
    /// - Parameters:
    ///   - targets: rows of the whole index, different ones, fewer than `rowLimit`.
    ///   - own: a row that does not count: the query's.
    ///   - steps: numbers of lists, ascending.
    ///   - places: of each step the places of the targets, `unmet` where their list is not looked
    ///     into; among equal values a target comes last.
    func setPlaces(
        of targets: [Int], without own: Int, in index: IVFPQIndex,
        for query: UnsafePointer<Float>, steps: [Int], to places: UnsafeMutablePointer<Int32>
    ) {
        fine.set(query)
        let probes = quantizer.centres.nearest(steps.last ?? 0, to: fine, in: room)
        for (turn, probe) in probes.enumerated() { turns[probe.list] = turn }
        defer { for probe in probes { turns[probe.list] = .max } }
        let rows = targets + [own]
        let turnOfRow = rows.map { turns[index.list(of: $0)] }
        var state = ListValues.State()
        if let nearest = probes.first {
            // The first list sets the scale of all values.
            _ = values.value(of: own, nearest, in: index, for: query, &state)
        }
        let ofRow = zip(rows, turnOfRow).map { row, turn in
            turn < probes.count
                ? values.value(of: row, probes[turn], in: index, for: query, &state) : .infinity
        }
        let limits = Array(ofRow[..<targets.count])
        var counts = [UInt32](repeating: 0, count: targets.count)
        var next = 0
        for (step, listCount) in steps.enumerated() {
            while next < min(listCount, probes.count) {
                values.count(
                    probes[next], in: index, for: query, reaching: limits, &counts, &state)
                next += 1
            }
            let ownIsMet = turnOfRow[targets.count] < next
            for target in targets.indices {
                // Neither itself nor the query's row stands before it.
                let before =
                    Int32(counts[target]) - 1
                    - (ownIsMet && ofRow[targets.count] >= ofRow[target] ? 1 : 0)
                places[step * targets.count + target] =
                    turnOfRow[target] < next ? before : Self.unmet
            }
        }
    }
}
