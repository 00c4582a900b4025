internal import Evaluation

/// The documents that are to be ranked for each query, from a run in TREC's format.
struct CandidateLists {
    private let run: RankedRun

    init(_ run: RankedRun) { self.run = run }

    /// Empty for a query that the run does not have.
    func documents(of query: String) -> [String] { run.documents(of: query) }

    /// The candidates in the order of a ranking; those it lacks come last, in the run's order.
    func keeping(
        _ ranking: [(document: String, score: Double)], of query: String
    ) -> [(document: String, score: Double)] {
        let candidates = documents(of: query)
        let wanted = Set(candidates)
        let kept = ranking.filter { wanted.contains($0.document) }
        let found = Set(kept.map(\.document))
        let lowest = kept.last?.score ?? 0
        return kept
            + candidates.filter { !found.contains($0) }.map { (document: $0, score: lowest) }
    }
}
