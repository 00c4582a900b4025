internal import Corpus
internal import Service

/// `reel eval library`: golden queries asked of the user's own library.
extension EvaluateCommand {
    static func library(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let queries = try required("queries", "FILE", arguments)
        let application = context.application
        guard arguments.value("against") == nil || arguments.value("baseline") == nil else {
            throw UsageError.contradiction("Compare with --against or with --baseline, not both.")
        }
        // Read before any work: a mistake here should not cost a run.
        let baseline = try arguments.value("baseline").map(application.savedEvaluation)
        let other = try arguments.value("against").map { try self.search(against: $0, context) }

        var request = LibraryEvaluationRequest(
            queries: queries, search: try SearchOptions.request("", arguments, in: context))
        request.unrelated = arguments.value("unrelated")
        var evaluation = try application.evaluate(request)
        if let output = arguments.value("output") {
            try application.save(evaluation, at: output)
        }
        let before = try other.map {
            try application.evaluate(LibraryEvaluationRequest(queries: queries, search: $0))
        }
        if let before = (before ?? baseline)?.outcomes {
            evaluation.comparison = OutcomeComparison(
                before: before, after: evaluation.outcomes ?? [])
        }
        let outcomes = evaluation.outcomes ?? []
        if !arguments.has("per-query") { evaluation.outcomes = nil }
        try context.console.printJSON(evaluation)
        if arguments.has("explain") { explain(outcomes, in: context) }
        if let comparison = evaluation.comparison { show(comparison, in: context) }
        return .success
    }

    /// The options of another search, as `--weights frames=2`.
    private static func search(
        against text: String, _ context: CommandContext
    ) throws(UsageError) -> SearchRequest {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let arguments = try ArgumentReader(words, options: SearchOptions.declared)
        try arguments.refuseOperands()
        return try SearchOptions.request("", arguments, in: context)
    }

    private static func explain(
        _ outcomes: [LibraryEvaluation.Outcome], in context: CommandContext
    ) {
        for outcome in outcomes where !outcome.isRightMoment {
            let path = outcome.firstPath.map(context.shown) ?? "nothing"
            var time = ""
            if let start = outcome.firstStartSeconds, let end = outcome.firstEndSeconds {
                time = " \(clockTime(start))–\(clockTime(end))"
            }
            let what = outcome.isRightFile ? "wrong moment" : "wrong file"
            context.console.note("\(what): \(quoted(outcome.query)) gave \(path)\(time)")
        }
    }

    /// What changed, worst first.
    static func show(_ comparison: OutcomeComparison, in context: CommandContext) {
        let console = context.console
        func list(_ changes: [OutcomeComparison.Change], _ word: String) {
            for change in changes {
                let ranks = [change.before, change.after].map { $0.map(String.init) ?? "not shown" }
                console.note(
                    "\(word) \(quoted(change.query)): rank \(ranks[0]) → \(ranks[1])")
            }
        }
        list(comparison.losses, Style.red("worse", when: console.colorsMessages))
        list(comparison.wins, Style.green("better", when: console.colorsMessages))
        console.note(
            "\(comparison.wins.count) better, \(comparison.losses.count) worse, "
                + "\(comparison.ties.count) the same; MRR "
                + "\(fixed(comparison.mrrBefore, decimals: 3)) → "
                + "\(fixed(comparison.mrrAfter, decimals: 3))"
                + (comparison.unmatched > 0
                    ? "; \(counted(comparison.unmatched, "query", "queries")) in only one of the two"
                    : ""))
    }

    private static func quoted(_ text: String) -> String { "“\(printable(text.utf8))”" }
}
