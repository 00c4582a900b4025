package import Corpus

/// Passages that hold something a query does not want, so that other channels can leave them out.
package struct ExcludedPassages: Sendable {
    private let rows: RowSet
    /// Owners of excluded rows.
    private let owners: [AssetID: [PassageOwner]]

    init(rows: RowSet, owners: [PassageOwner]) {
        self.rows = rows
        self.owners = Dictionary(grouping: owners) { $0.asset }
    }

    package static let none = ExcludedPassages(rows: RowSet(), owners: [])

    package var isEmpty: Bool { rows.isEmpty }

    package func contains(_ asset: AssetID, ordinal: Int) -> Bool {
        guard let owners = owners[asset] else { return false }
        return owners.contains { owner in
            let (distance, overflow) = ordinal.subtractingReportingOverflow(owner.firstOrdinal)
            return !overflow && (0..<owner.count).contains(distance)
                && rows.contains(owner.firstRow + Int64(distance))
        }
    }

    /// The numbers of an asset's excluded passages, in the order of their rows.
    package func ordinals(of asset: AssetID) -> [Int] {
        (owners[asset] ?? []).flatMap { owner in
            (0..<owner.count).filter { rows.contains(owner.firstRow + Int64($0)) }
                .map { owner.firstOrdinal + $0 }
        }
    }
}
