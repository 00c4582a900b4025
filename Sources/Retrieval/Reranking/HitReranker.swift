internal import Corpus
internal import Embedders

/// Reads the best hits again, each beside the query, and mixes what it finds into their scores.
///
/// The reranker's scores are brought onto the scale of the fused ones, so that a hit which was not
/// read, for lack of words or of time, stays comparable: it keeps its fused score.
struct HitReranker {
    /// Passages read in one go: enough for whole matrices, few enough to mind the time.
    private static let batch = 5

    let reranker: any PassageReranker
    let cache: RerankCache
    let settings: RerankSettings

    /// - Parameters:
    ///   - hits: best first.
    ///   - texts: for every hit what is said and written around it; nil when there is nothing.
    /// - Returns: the hits in their new order, and how many were read.
    func rerank(
        _ hits: [Hit], texts: [String?], query: String
    ) throws -> (hits: [Hit], readCount: Int) {
        let readable = hits.indices.prefix(settings.depth).filter { texts[$0] != nil }
        guard readable.count > 1 else { return (hits, 0) }
        let passages = readable.compactMap { texts[$0] }
        let scores = try scores(of: passages, query: query)
        guard scores.count > 1 else { return (hits, scores.count) }

        let read = readable.prefix(scores.count)
        let fused = read.map { hits[$0].fusedScore }
        let (low, high) = (fused.min() ?? 0, fused.max() ?? 0)
        let normalized = ScoreNormalization.minMax(scores.map(Double.init)).scores
        var reranked = hits
        for (place, index) in read.enumerated() {
            reranked[index].reranking = RerankEvidence(
                score: low + (high - low) * normalized[place], raw: Double(scores[place]),
                weight: reranker.blend)
        }
        // Equal scores stay in their order.
        let order = reranked.indices.sorted {
            (reranked[$0].score, $1) > (reranked[$1].score, $0)
        }
        return (order.map { reranked[$0] }, scores.count)
    }

    /// As many scores as the time allows, in the order of the passages.
    private func scores(of passages: [String], query: String) throws -> [Float] {
        let start = ContinuousClock.now
        var scores: [Float] = []
        while scores.count < passages.count {
            if let budget = settings.budgetSeconds, !scores.isEmpty,
                start.duration(to: .now) / .seconds(1) > budget
            {
                break
            }
            let isLimited = settings.budgetSeconds != nil
            let end = isLimited ? min(passages.count, scores.count + Self.batch) : passages.count
            scores += try cachedScores(of: Array(passages[scores.count..<end]), query: query)
        }
        return scores
    }

    private func cachedScores(of passages: [String], query: String) throws -> [Float] {
        let keys = passages.map {
            RerankKey(model: reranker.modelFingerprint, query: query, passage: $0)
        }
        var known = keys.map { cache[$0] }
        let unknown = known.indices.filter { known[$0] == nil }
        guard !unknown.isEmpty else { return known.compactMap { $0 } }
        let fresh = try reranker.scores(query: query, passages: unknown.map { passages[$0] })
        for (index, score) in zip(unknown, fresh) {
            known[index] = score
            cache.store(score, for: keys[index])
        }
        return known.compactMap { $0 }
    }
}
