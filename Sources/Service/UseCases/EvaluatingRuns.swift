internal import Evaluation

/// A run of any program, to be measured against judgements.
package struct RunEvaluationRequest: Sendable {
    package var run: String
    package var judgements: String
    /// As in `nDCG@10,AP`; nil for the usual ones.
    package var measures: String?
    /// Means over all judged queries, where those without a ranking count as 0.
    package var countsAllJudged = false

    package init(run: String, judgements: String) {
        self.run = run
        self.judgements = judgements
    }
}

extension Application {
    /// Measures a run in TREC's format as trec_eval does.
    package func evaluate(_ request: RunEvaluationRequest) throws -> RankingReport {
        try Failure.translating {
            let measures = try RankingMeasure.chosen(request.measures)
            let judgements = try RelevanceJudgements(readingAt: request.judgements)
            let run = try RankedRun(readingAt: request.run)
            return RankingReport(
                try RankingEvaluation(
                    of: run, against: judgements, measures: measures,
                    averaging: request.countsAllJudged ? .judgedQueries : .queriesInBoth))
        }
    }
}

extension RankingMeasure {
    static func chosen(_ list: String?) throws(EvaluationError) -> [RankingMeasure] {
        guard let list else { return standard }
        return try RankingMeasure.list(list)
    }
}
