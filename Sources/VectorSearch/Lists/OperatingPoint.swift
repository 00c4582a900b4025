import CKernels

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

/// What one query of a batch costs, in nanoseconds of one core: only the proportions matter, since
/// it serves to choose between points. Measured on quiet cores of 2.6 GHz, with AVX-512 VNNI
/// (200 000 × 128 and 60 000 × 384, 8 to 256 lists, shortlists of 20 to 400) and with AVX2.
struct SearchCost {
    var dimension: Int
    var partCount: Int
    var bits: Int
    var listCount: Int

    private static let hasWideRegisters = reel_has_vnni()

    func lists(probes: Int, rowsScanned: Double, shortlist: Int) -> Float {
        let coarse = Double(listCount * dimension) * (Self.hasWideRegisters ? 0.008 : 0.010)
        let again =
            Double(shortlist)
            * (Self.hasWideRegisters
                ? 30 + Double(dimension) * 0.05 : 30 + Double(dimension) * 0.10)
        return Float(
            Self.perQuery + coarse + Double(probes) * 10 + rowsScanned * perRow + again)
    }

    /// Rounding the query, its tables, sorting what is found.
    private static let perQuery = 5_000.0

    /// Of a row whose codes are compared, its list being read for several queries at once.
    private var perRow: Double {
        guard bits == 4 else { return 2 + Double(partCount) * 0.35 }
        return Self.hasWideRegisters
            ? 0.03 + Double(partCount) * 0.0055 : 0.9 + Double(partCount) * 0.022
    }

    /// Every row, in eight bits.
    func flat(rowCount: Int) -> Float {
        Float(Double(rowCount * dimension) * (Self.hasWideRegisters ? 0.0045 : 0.016))
    }
}
