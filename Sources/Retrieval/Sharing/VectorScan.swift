internal import Corpus
internal import Storage
internal import Tensors

/// The search of one space's vectors for several threads: reading the vectors takes longer than
/// comparing them, so queries that come at the same time share one pass over them.
final class VectorScan: Sendable {
    let vectors: AssetVectors
    private let count: Int
    private let workers: Int
    private let load: Load?
    private let combiner: Combiner<[Float], [AssetVectors.Match]>

    /// - Parameters:
    ///   - count: rows to find for each query.
    ///   - workers: cores to use at most.
    ///   - load: whose share of the cores a pass may use; nil for all of them.
    init(_ vectors: AssetVectors, count: Int, workers: Int, load: Load?) {
        self.vectors = vectors
        self.count = count
        self.workers = workers
        self.load = load
        combiner = Combiner { queries in
            try vectors.nearest(
                count, toEach: queries, workers: min(workers, load?.share ?? workers))
        }
    }

    /// - Parameter isWanted: leaves assets out; such a query has rows of its own and goes alone.
    func nearest(
        to query: [Float], where isWanted: ((AssetID) -> Bool)?
    ) throws -> [AssetVectors.Match] {
        guard let isWanted else { return try combiner.output(of: query) }
        return try vectors.nearest(
            count, to: query, workers: min(workers, load?.share ?? workers), where: isWanted)
    }
}
