internal import Glibc
internal import VectorSearch

/// Vectors of facts: the mean of each, and of a long one its windows.
///
/// A vector's identifier is its case's id times 32 plus the window's number; 31 is the mean.
struct MeaningIndex {
    static let manifestName = "vectors.manifest"
    private static let places: Int64 = 32
    private static let meanPlace: Int64 = 31

    static func identifier(_ id: Int64, window: Int?) -> Int64 {
        id * places + (window.map(Int64.init) ?? meanPlace)
    }

    let collection: VectorCollection

    /// - Returns: nil when the library has no vectors.
    init?(_ paths: CasePaths) throws {
        guard access(paths.vectors + "/" + Self.manifestName, F_OK) == 0 else { return nil }
        collection = try VectorCollection(path: paths.vectors)
    }

    /// The means of some facts; nil when one of them has no vector.
    func means(of ids: [Int64]) throws -> [[Float]]? {
        let rows = try collection.vectors(
            of: ids.map { Self.identifier($0, window: nil) })
        return rows.contains { $0 == nil } ? nil : rows.compactMap { $0 }
    }

    /// The cases whose facts mean most nearly the same, best first: half the cosine of the means,
    /// half the best cosine of any two windows.
    /// - Parameter allowed: ids that may be found, ascending; nil for all.
    func search(
        _ query: FactEmbedding, top: Int, allowed: [Int64]?, workers: Int
    ) throws -> [CaseTextIndex.Match] {
        let rows = [query.mean] + query.windows
        let ids = allowed.map { Set($0) }
        let answer = try collection.nearest(
            top * 4, to: VectorArray(values: rows.flatMap { $0 }, dimension: query.mean.count),
            where: ids.map { ids in { ids.contains($0 / Self.places) } }, workers: workers)
        let limit = answer.identifiers.count / rows.count
        var means: [Int64: Float] = [:]
        var best: [Int64: Float] = [:]
        for (place, identifier) in answer.identifiers.enumerated() where identifier >= 0 {
            let id = identifier / Self.places
            let score = answer.scores[place]
            best[id] = max(best[id] ?? -1, score)
            if place < limit, identifier % Self.places == Self.meanPlace { means[id] = score }
        }
        // A case whose mean is not among the nearest is less alike than the last that is.
        let floor = means.values.min() ?? 0
        return best.map { id, score in
            CaseTextIndex.Match(id: id, score: Double(score + (means[id] ?? floor)) / 2)
        }
        .sorted { ($0.score, $0.id) > ($1.score, $1.id) }.prefix(top).map { $0 }
    }
}
