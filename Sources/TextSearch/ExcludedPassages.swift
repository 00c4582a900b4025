package import Corpus

/// Passages that hold something a query does not want, so that other channels can leave them out.
package struct ExcludedPassages: Sendable {
    /// Numbers of the excluded passages, by asset.
    private let ordinals: [AssetID: Set<Int>]

    init(_ ordinals: [AssetID: Set<Int>]) { self.ordinals = ordinals }

    package static let none = ExcludedPassages([:])

    package var isEmpty: Bool { ordinals.isEmpty }

    /// Excluded passages in the library.
    package var count: Int { ordinals.values.reduce(0) { $0 + $1.count } }

    package func contains(_ asset: AssetID, ordinal: Int) -> Bool {
        ordinals[asset]?.contains(ordinal) ?? false
    }

    /// The numbers of an asset's excluded passages, in no order.
    package func ordinals(of asset: AssetID) -> Set<Int> { ordinals[asset] ?? [] }
}
