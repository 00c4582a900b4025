import Foundation
import Testing

@testable import Evaluation

/// Our figures beside those of trec_eval's own code: training/goldens/make_evaluation_goldens.py.
@Suite struct GoldenEvaluationTests {
    private struct Expected: Decodable {
        /// By measure, then by query.
        var byQuery: [String: [String: Double]]
        var queriesInBoth: [String: Double]
        var judgedQueries: [String: Double]

        enum CodingKeys: String, CodingKey {
            case byQuery = "by_query"
            case queriesInBoth = "queries_in_both"
            case judgedQueries = "judged_queries"
        }
    }

    private func path(_ name: String) -> String {
        (Bundle.module.resourceURL?.appending(path: "Goldens/\(name)") ?? URL(filePath: "/missing"))
            .path
    }

    private func expected(_ name: String) throws -> Expected {
        let data = try Data(contentsOf: URL(fileURLWithPath: path("\(name).json")))
        return try JSONDecoder().decode(Expected.self, from: data)
    }

    /// Four decimals are what trec_eval prints.
    private let tolerance = 0.00005

    @Test(arguments: [
        ("binary", "binary.qrels"), ("graded", "graded.qrels"), ("graded", "graded.tsv"),
        ("tied", "tied.qrels"), ("unjudged", "unjudged.qrels"),
    ])
    func everyMeasureOfEveryQueryIsTrecEvals(name: String, judgements: String) throws {
        let expected = try expected(name)
        let measures = try expected.byQuery.keys.sorted().map { try RankingMeasure(named: $0) }
        #expect(measures.count == 17)
        let evaluation = try RankingEvaluation(
            of: RankedRun(readingAt: path("\(name).run")),
            against: RelevanceJudgements(readingAt: path(judgements)), measures: measures)
        var largest = 0.0
        for (index, measure) in measures.enumerated() {
            let values = try #require(expected.byQuery[measure.description])
            #expect(Set(values.keys) == Set(evaluation.queries.map(\.query)))
            for figures in evaluation.queries {
                let value = try #require(values[figures.query])
                largest = max(largest, abs(figures.values[index] - value))
                #expect(
                    abs(figures.values[index] - value) < tolerance,
                    "\(measure) of \(figures.query): \(figures.values[index]), expected \(value)")
            }
        }
        print("\(name): largest difference from trec_eval \(largest)")
    }

    @Test(arguments: ["binary", "graded", "tied", "unjudged"])
    func meansAreOverQueriesInBothFilesOrOverAllThatAreJudged(name: String) throws {
        let expected = try expected(name)
        let run = try RankedRun(readingAt: path("\(name).run"))
        let judgements = try RelevanceJudgements(readingAt: path("\(name).qrels"))
        for (averaging, means) in [
            (RankingEvaluation.Averaging.queriesInBoth, expected.queriesInBoth),
            (.judgedQueries, expected.judgedQueries),
        ] {
            let measures = try means.keys.sorted().map { try RankingMeasure(named: $0) }
            let evaluation = try RankingEvaluation(
                of: run, against: judgements, measures: measures, averaging: averaging)
            for (measure, mean) in zip(measures, evaluation.means) {
                let value = try #require(means[measure.description])
                #expect(abs(mean - value) < tolerance, "\(measure) \(averaging)")
            }
            // Queries 3, 10, … are not in the runs, 5, 12, … not in the judgements.
            #expect(evaluation.unansweredQueries.contains("q3"))
            #expect(evaluation.unjudgedQueries.contains("q5"))
            #expect(
                evaluation.queries.contains { $0.query == "q3" } == (averaging == .judgedQueries))
        }
    }
}
