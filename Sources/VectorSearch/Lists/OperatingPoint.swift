/// A way to search lists that was measured when the index was built.
package struct OperatingPoint: Sendable, Equatable {
    /// Share of the true ten nearest that are found at least, 0…1: what was measured less its
    /// uncertainty.
    package var recall: Float
    /// Rows looked at again after their codes were compared, for ten results.
    package var shortlist: Int
    /// Lists looked into.
    package var probes: Int
    /// Estimated time, in nanoseconds of one core.
    package var cost: Float

    package init(recall: Float, shortlist: Int, probes: Int, cost: Float) {
        self.recall = recall
        self.shortlist = shortlist
        self.probes = probes
        self.cost = cost
    }
}

/// What a search costs, in nanoseconds of one core: only the proportions matter, since it serves
/// to choose between points. Constants from a 2.5 GHz core with AVX-512.
struct SearchCost {
    var dimension: Int
    var partCount: Int
    var bits: Int
    var listCount: Int

    func lists(probes: Int, rowsScanned: Double, shortlist: Int) -> Float {
        let coarse = Double(listCount * dimension) * 0.010 + Double(probes) * 60
        let perRow = bits == 4 ? 0.35 + Double(partCount) * 0.014 : 2 + Double(partCount) * 0.35
        let again = Double(shortlist) * (30 + Double(dimension) * 0.10)
        return Float(coarse + rowsScanned * perRow + again)
    }

    /// Every row, in eight bits.
    func flat(rowCount: Int) -> Float { Float(Double(rowCount * dimension) * 0.011) }
}
