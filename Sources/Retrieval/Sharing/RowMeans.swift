internal import Storage
internal import Synchronization

/// The inner products of a space's rows with the two means that centring takes out. They are the
/// same for every query, and every search needs those of some hundred rows that lie far apart in
/// memory: each is worked out once.
final class RowMeans: Sendable {
    /// Of one row.
    struct Products {
        /// No number while they are unknown.
        var withQueryMean = Float.nan
        var withRowMean = Float.nan
    }

    private let centring: Centring
    private let vectors: AssetVectors
    /// By row.
    private let known: Mutex<[Products]>

    init(_ centring: Centring, of vectors: AssetVectors) {
        self.centring = centring
        self.vectors = vectors
        known = Mutex([Products](repeating: Products(), count: vectors.rowCount))
    }

    /// In the order of the matches.
    func products(of matches: [AssetVectors.Match]) throws -> [Products] {
        var products = known.withLock { known in matches.map { known[$0.row] } }
        let unknown = products.indices.filter { products[$0].withQueryMean.isNaN }
        guard !unknown.isEmpty else { return products }
        let found = try Self.products(of: unknown.map { matches[$0] }, centring, vectors)
        for (index, found) in zip(unknown, found) { products[index] = found }
        known.withLock { known in
            for index in unknown { known[matches[index].row] = products[index] }
        }
        return products
    }

    /// The same, where nothing is kept.
    static func products(
        of matches: [AssetVectors.Match], _ centring: Centring, _ vectors: AssetVectors
    ) throws -> [Products] {
        let found = try vectors.scores(of: matches, with: [centring.query, centring.row])
        return matches.indices.map {
            Products(withQueryMean: found[0][$0], withRowMean: found[1][$0])
        }
    }
}
