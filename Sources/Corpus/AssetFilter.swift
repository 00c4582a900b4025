/// Which assets a search may find. What is nil asks for nothing.
package struct AssetFilter: Sendable, Equatable {
    /// Nil for every kind.
    package var kinds: Set<AssetKind>?
    /// A shell pattern that one of the asset's paths matches.
    package var pathPattern: String?
    /// Bounds of the time its file was last changed, in seconds since 1970: from, and before.
    package var modifiedFrom: Double?
    package var modifiedBefore: Double?
    /// Bounds of its length in seconds, both included.
    package var minimumDuration: Double?
    package var maximumDuration: Double?
    /// Code of a language (ISO 639) that a passage of the asset is in.
    package var language: String?

    package init() {}

    /// For those who ask for one kind alone; nil for every kind, and for several.
    package var kind: AssetKind? {
        get { kinds.flatMap { $0.count == 1 ? $0.first : nil } }
        set { kinds = newValue.map { [$0] } }
    }

    package var isEmpty: Bool { self == AssetFilter() }
}
