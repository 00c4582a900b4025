import CKernels

/// The values of all rows of lists as numbers, one query at a time: what measuring looks at, and how
/// codes of eight bits are searched. One a thread.
final class ListValues {
    private let quantizer: IVFQuantizer
    private let tables: QueryTables
    private var entries: [UInt8]
    private var sums: [UInt16]
    private var values: [Float] = []

    init(_ quantizer: IVFQuantizer) {
        self.quantizer = quantizer
        tables = QueryTables(quantizer)
        entries = [UInt8](repeating: 0, count: reel_code_block_size(quantizer.partCount))
        sums = [UInt16](repeating: 0, count: IVFPQIndex.blocksAtOnce * 32)
    }

    /// What the lists of one query have in common.
    struct State {
        fileprivate var scale = QueryTables.Scale()
        fileprivate var hasTables = false
    }

    /// Calls `body` with the values of the rows of a list, piece by piece, each with its first row's
    /// number in the whole index.
    func forEach(
        of probe: CentreTable.Probe, in index: IVFPQIndex, for query: UnsafePointer<Float>,
        _ state: inout State, _ body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        guard quantizer.bits == 8 else {
            let base = entries.withUnsafeMutableBufferPointer { entries -> UInt32 in
                guard let start = entries.baseAddress else { return 0 }
                return tables.setEntries(
                    start, for: query, list: probe.list, score: probe.score, &state.scale)
            }
            index.forEachBlocks(ofList: probe.list) { blocks in
                reel_code_scan(blocks.codes, blocks.count, quantizer.partCount, entries, &sums)
                give(blocks.rowCount, from: blocks.firstRow, to: body) {
                    reel_widen_sums(sums, blocks.rowCount, Float(base), $0)
                }
            }
            return
        }
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
