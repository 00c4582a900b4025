internal import Corpus
internal import Service

/// `reel eval answers`: golden questions asked of the user's own library.
extension EvaluateCommand {
    static func answers(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let questions = try required("questions", "FILE", arguments)
        var evaluation = try context.application.evaluateAnswers(
            questions: questions, search: try SearchOptions.request("", arguments, in: context))
        let wrong = (evaluation.outcomes ?? []).filter { !$0.isRight }
        if !arguments.has("per-query") { evaluation.outcomes = nil }
        try context.console.printJSON(evaluation)
        guard arguments.has("explain") else { return .success }
        for outcome in wrong {
            let place = outcome.citedPath.map {
                " of \(context.shown($0)) \(clockTime(outcome.citedStartSeconds ?? 0))"
            }
            context.console.note(
                "wrong (\(fixed(outcome.score, decimals: 2))): “\(printable(outcome.question.utf8))” "
                    + "got " + (outcome.answer.map { "“\(printable($0.utf8))”" } ?? "no answer")
                    + (place ?? ""))
        }
        return .success
    }
}
