import CKernels

/// The values of rows of lists as numbers, one query at a time: what measuring looks at, and how codes
/// of eight bits are searched. One a thread.
final class ListValues {
    private let quantizer: IVFQuantizer
    private let tables: QueryTables
    private let entries: UnsafeMutablePointer<UInt8>
    private var sums = [UInt16](repeating: 0, count: 32)
    private var values: [Float] = []
    private var wholeLimits: [UInt32]

    /// - Parameter limitCount: values that rows are compared with at most (`count`).
    init(_ quantizer: IVFQuantizer, limitCount: Int = 0) {
        self.quantizer = quantizer
        tables = QueryTables(quantizer)
        entries = .allocate(capacity: reel_code_block_size(quantizer.partCount))
        wholeLimits = [UInt32](repeating: 0, count: limitCount)
    }

    deinit { entries.deallocate() }

    /// What the lists of one query have in common.
    struct State {
        fileprivate var scale = QueryTables.Scale()
        fileprivate var hasTables = false
    }

    /// Calls `body` with the values of the rows of a list, in all parts, each with its first row's
    /// number in the whole index; for codes of eight bits.
    func forEach(
        of probe: CentreTable.Probe, in index: IVFPQIndex, for query: UnsafePointer<Float>,
        _ state: inout State, _ body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        if tables.differByList || !state.hasTables {
            tables.set(for: query, list: probe.list)
            state.hasTables = true
        }
        for (part, firstRow) in zip(index.parts, index.firstRows) {
            guard let codes = part.codes.codes else { continue }
            let rows = part.codes.rowStarts[probe.list]..<part.codes.rowStarts[probe.list + 1]
            guard !rows.isEmpty else { continue }
            give(rows.count, from: firstRow + rows.lowerBound, to: body) {
                reel_pq_sums(
                    codes + rows.lowerBound * quantizer.partCount, rows.count,
                    quantizer.partCount, quantizer.parts.centreCount, tables.values, probe.score,
                    $0)
            }
        }
    }

    /// The value of one row of a list.
    func value(
        of row: Int, _ probe: CentreTable.Probe, in index: IVFPQIndex,
        for query: UnsafePointer<Float>, _ state: inout State
    ) -> Float {
        var found = -Float.infinity
        guard quantizer.bits == 4 else {
            forEach(of: probe, in: index, for: query, &state) { first, piece in
                if row >= first, row < first + piece.count { found = piece[row - first] }
            }
            return found
        }
        let base = setEntries(of: probe, for: query, &state)
        let size = reel_code_block_size(quantizer.partCount)
        index.forEachExtent(ofList: probe.list) { extent in
            let place = row - extent.firstRow
            guard place >= 0, place < extent.rowCount else { return }
            reel_code_scan(
                extent.codes + place / 32 * size, 1, quantizer.partCount, entries, &sums)
            found = Float(base) + Float(sums[place % 32])
        }
        return found
    }

    /// Adds to `counts` how many rows of a list have each of `limits` or more.
    func count(
        _ probe: CentreTable.Probe, in index: IVFPQIndex, for query: UnsafePointer<Float>,
        reaching limits: [Float], _ counts: inout [UInt32], _ state: inout State
    ) {
        guard quantizer.bits == 4 else {
            forEach(of: probe, in: index, for: query, &state) { _, piece in
                for (place, limit) in limits.enumerated() {
                    counts[place] += UInt32(
                        reel_count_at_least(piece.baseAddress, piece.count, limit))
                }
            }
            return
        }
        let base = setEntries(of: probe, for: query, &state)
        // Values are whole numbers; what is none is never reached.
        for (place, limit) in limits.enumerated() {
            wholeLimits[place] = limit >= 0 && limit < 65_536 ? UInt32(limit) : .max
        }
        index.forEachExtent(ofList: probe.list) { extent in
            reel_list_count(
                extent.codes, extent.rowCount, quantizer.partCount, entries, base, wholeLimits,
                limits.count, &counts)
        }
    }

    private func setEntries(
        of probe: CentreTable.Probe, for query: UnsafePointer<Float>, _ state: inout State
    ) -> UInt32 {
        tables.setEntries(
            entries, for: query, list: probe.list, score: probe.score, &state.scale)
    }

    private func give(
        _ count: Int, from first: Int,
        to body: (Int, UnsafeMutableBufferPointer<Float>) -> Void,
        _ fill: (UnsafeMutablePointer<Float>) -> Void
    ) {
        if values.count < count { values = [Float](repeating: 0, count: count) }
        values.withUnsafeMutableBufferPointer { values in
            guard let start = values.baseAddress else { return }
            fill(start)
            body(first, UnsafeMutableBufferPointer(rebasing: values[..<count]))
        }
    }
}
