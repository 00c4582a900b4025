/// A run measured against judgements: query by query, and in the mean.
package struct RankingEvaluation: Sendable {
    package struct QueryFigures: Sendable, Equatable {
        package var query: String
        /// In the order of the measures.
        package var values: [Double]
    }

    /// Which queries the means are over.
    package enum Averaging: Sendable {
        /// Those in both files, as trec_eval does by itself.
        case queriesInBoth
        /// All that are judged, as `trec_eval -c`: one without a ranking scores 0.
        case judgedQueries
    }

    package let measures: [RankingMeasure]
    /// In the order of the judgements.
    package let queries: [QueryFigures]
    /// In the order of the measures.
    package let means: [Double]
    /// Queries with a ranking that nobody judged; they count for nothing.
    package let unjudgedQueries: [String]
    /// Judged queries without a ranking.
    package let unansweredQueries: [String]

    package init(
        of run: RankedRun, against judgements: RelevanceJudgements,
        measures: [RankingMeasure] = RankingMeasure.standard,
        averaging: Averaging = .queriesInBoth
    ) throws(EvaluationError) {
        var queries: [QueryFigures] = []
        var unanswered: [String] = []
        for (number, query) in judgements.queries.enumerated() {
            let answer = run.table.number(ofQuery: query)
            if answer == nil { unanswered.append(query) }
            guard answer != nil || averaging == .judgedQueries else { continue }
            let levels = answer.map(run.rows(ofQuery:))?.map { row in
                judgements.table.value(
                    query: number, document: run.table.rows[Int(row)].document, of: run.table.text)
            }
            let ranking = JudgedRanking(levels: levels ?? [], totals: judgements.totals[number])
            queries.append(QueryFigures(query: query, values: measures.map(ranking.value)))
        }
        guard !queries.isEmpty else {
            throw .nothingToCompare(run: run.path, judgements: judgements.path)
        }
        self.measures = measures
        self.queries = queries
        means = measures.indices.map { measure in
            queries.reduce(0) { $0 + $1.values[measure] } / Double(queries.count)
        }
        unjudgedQueries = run.queries.filter { judgements.table.number(ofQuery: $0) == nil }
        unansweredQueries = unanswered
    }
}
