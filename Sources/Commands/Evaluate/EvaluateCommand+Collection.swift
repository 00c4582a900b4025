internal import Service

/// `reel eval beir`: this program's own search on a public test collection.
extension EvaluateCommand {
    /// Deep enough for the recall at 100 that papers print.
    private static let depth = 100

    static func collection(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        guard arguments.operands.count > 1 else {
            throw UsageError.missingOperand("The collection's folder")
        }
        try refuseOperands(arguments, after: 2)
        var search = try SearchOptions.request("", arguments, in: context)
        search.top = depth
        var request = CollectionEvaluationRequest(folder: arguments.operands[1], search: search)
        request.judgements = arguments.value("qrels")
        request.measures = arguments.value("measures")
        request.library = arguments.value("library")
        request.output = arguments.value("output-run")
        request.candidates = arguments.value("candidates")
        request.caseRanking = arguments.value("as-cases")
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        var report = try context.application.evaluate(
            request,
            progress: { line.update(done: $0, total: $1, "documents") },
            isCancelled: { interruption.isRequested })
        line.clear()
        report.ranking.showsQueries = arguments.has("per-query")
        if context.wantsJSON {
            try context.console.printJSON(report)
            return .success
        }
        for sentence in report.missing { context.console.note("Note: \(sentence)") }
        show(report.ranking, in: context)
        let indexed = counted(report.indexedDocuments, "document")
        context.console.note(
            "\(indexed) of \(report.documents) indexed in "
                + "\(fixed(report.indexSeconds, decimals: 1)) s, "
                + "searches took \(fixed(report.searchSeconds, decimals: 1)) s.")
        return .success
    }
}
