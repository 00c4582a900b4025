internal import Service

/// `reel eval run`: rankings of any program against judgements.
extension EvaluateCommand {
    static func run(
        judging arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        var request = RunEvaluationRequest(
            run: try required("run", "FILE", arguments),
            judgements: try required("qrels", "FILE", arguments))
        request.measures = arguments.value("measures")
        request.countsAllJudged = arguments.has("complete")
        var report = try context.application.evaluate(request)
        report.showsQueries = arguments.has("per-query")
        if context.wantsJSON {
            try context.console.printJSON(report)
            return .success
        }
        show(report, in: context)
        if !report.unjudgedQueries.isEmpty {
            context.console.note(
                "\(counted(report.unjudgedQueries.count, "ranked query", "ranked queries")) "
                    + "without judgements left out.")
        }
        if !report.unansweredQueries.isEmpty {
            context.console.note(
                "\(counted(report.unansweredQueries.count, "judged query", "judged queries")) "
                    + "without a ranking "
                    + (request.countsAllJudged ? "counted as 0." : "left out; see --complete."))
        }
        return .success
    }

    /// As trec_eval prints: measure, query or `all`, value, with tabs between.
    static func show(_ report: RankingReport, in context: CommandContext) {
        func show(_ figures: [RankingReport.Figure], of query: String) {
            for figure in figures {
                context.console.print(
                    "\(figure.measure)\t\(query)\t\(fixed(figure.value, decimals: 4))")
            }
        }
        if report.showsQueries {
            for query in report.queries {
                show(query.figures, of: printable(query.query.utf8))
            }
        }
        context.console.print("queries\tall\t\(report.queryCount)")
        show(report.means, of: "all")
    }
}
