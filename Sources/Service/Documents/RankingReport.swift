internal import Evaluation

/// How good a set of rankings is, for people and as JSON.
package struct RankingReport: Encodable, Sendable {
    let schemaVersion = 1
    package struct Figure: Sendable {
        /// As in `nDCG@10`.
        package var measure: String
        /// 0…1.
        package var value: Double
    }

    package struct QueryFigures: Encodable, Sendable {
        package var query: String
        package var figures: [Figure]

        enum CodingKeys: String, CodingKey { case query, measures }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(query, forKey: .query)
            try container.encode(dictionary(figures), forKey: .measures)
        }
    }

    /// Means over the queries.
    package var means: [Figure]
    /// How many queries the means are over.
    package var queryCount: Int
    package var queries: [QueryFigures]
    /// Queries with a ranking and no judgements: not counted.
    package var unjudgedQueries: [String]
    /// Queries with judgements and no ranking.
    package var unansweredQueries: [String]
    /// Whether JSON tells about each query.
    package var showsQueries = false

    init(_ evaluation: RankingEvaluation) {
        let names = evaluation.measures.map(\.description)
        func figures(_ values: [Double]) -> [Figure] {
            zip(names, values).map { Figure(measure: $0, value: ($1 * 1e6).rounded() / 1e6) }
        }
        means = figures(evaluation.means)
        queryCount = evaluation.queries.count
        queries = evaluation.queries.map {
            QueryFigures(query: $0.query, figures: figures($0.values))
        }
        unjudgedQueries = evaluation.unjudgedQueries
        unansweredQueries = evaluation.unansweredQueries
    }

    enum CodingKeys: String, CodingKey {
        case measures, queries
        case schemaVersion = "schema_version"
        case unjudgedQueries = "unjudged_queries"
        case unansweredQueries = "unanswered_queries"
        case byQuery = "by_query"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(dictionary(means), forKey: .measures)
        try container.encode(queryCount, forKey: .queries)
        try container.encode(unjudgedQueries.count, forKey: .unjudgedQueries)
        try container.encode(unansweredQueries.count, forKey: .unansweredQueries)
        if showsQueries { try container.encode(queries, forKey: .byQuery) }
    }
}

private func dictionary(_ figures: [RankingReport.Figure]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: figures.map { ($0.measure, $0.value) })
}
