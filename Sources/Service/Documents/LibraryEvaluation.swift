internal import Corpus

/// How well a library answers golden queries. As JSON it is what `eval library` prints and keeps.
package struct LibraryEvaluation: Codable, Sendable {
    package var queries = 0
    /// Queries whose first hit is in a relevant file.
    package var rightFileFirst = 0
    /// Queries whose first hit overlaps a relevant moment.
    package var rightMoment = 0
    /// Mean reciprocal rank of the first hit that overlaps a relevant moment; 0 when none does.
    package var mrr = 0.0
    /// The same counts for each kind of query.
    package var byKind: [String: Counts] = [:]
    /// Query by query; nil where a report leaves them out.
    package var outcomes: [Outcome]?
    /// Whether anything is found for queries that nothing answers; nil when none were asked.
    package var unrelated: FalseAlarms?
    /// What changed since another report.
    package var comparison: OutcomeComparison?

    package struct FalseAlarms: Codable, Sendable {
        package var queries: Int
        /// Hits below it are not shown.
        package var minimumConfidence: Double
        /// The queries that something was found for.
        package var found: [String]

        enum CodingKeys: String, CodingKey {
            case queries, found
            case minimumConfidence = "min_confidence"
        }
    }

    package struct Counts: Codable, Sendable {
        package var queries = 0
        package var rightFileFirst = 0
        package var rightMoment = 0

        enum CodingKeys: String, CodingKey {
            case queries
            case rightFileFirst = "right_file_first"
            case rightMoment = "right_moment"
        }
    }

    package struct Outcome: Codable, Sendable, Equatable {
        package var query: String
        package var kind: String?
        /// Of the first hit that overlaps a relevant moment, from 1; nil when none shown does.
        package var rank: Int?
        /// Of the first hit.
        package var firstPath: String?
        package var firstStartSeconds: Double?
        package var firstEndSeconds: Double?
        package var isRightFile: Bool

        package var isRightMoment: Bool { rank == 1 }

        enum CodingKeys: String, CodingKey {
            case query, kind, rank
            case firstPath = "first_path"
            case firstStartSeconds = "first_start_seconds"
            case firstEndSeconds = "first_end_seconds"
            case isRightFile = "right_file_first"
        }
    }

    enum CodingKeys: String, CodingKey {
        case queries, mrr, outcomes, unrelated, comparison
        case rightFileFirst = "right_file_first"
        case rightMoment = "right_moment"
        case byKind = "by_kind"
    }

    init(_ outcomes: [Outcome]) {
        queries = outcomes.count
        rightFileFirst = outcomes.count(where: \.isRightFile)
        rightMoment = outcomes.count(where: \.isRightMoment)
        if queries > 0 {
            mrr =
                outcomes.reduce(0) { $0 + ($1.rank.map { 1 / Double($0) } ?? 0) }
                / Double(queries)
        }
        for outcome in outcomes {
            guard let kind = outcome.kind else { continue }
            var counts = byKind[kind] ?? Counts()
            counts.queries += 1
            counts.rightFileFirst += outcome.isRightFile ? 1 : 0
            counts.rightMoment += outcome.isRightMoment ? 1 : 0
            byKind[kind] = counts
        }
        self.outcomes = outcomes
    }
}

extension LibraryEvaluation.Outcome {
    init(_ golden: GoldenQuery, hits: [Hit]) {
        query = golden.query
        kind = golden.kind
        rank = golden.rank(in: hits)
        firstPath = hits.first?.asset.path
        firstStartSeconds = hits.first?.moment.startSeconds
        firstEndSeconds = hits.first?.moment.endSeconds
        isRightFile = hits.first.map(golden.isRightFile) ?? false
    }
}
