internal import Corpus
internal import Service

/// `reel eval library`: golden queries asked of the user's own library.
extension EvaluateCommand {
    static func library(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let evaluation = try context.application.evaluate(
            queriesAt: try required("queries", "FILE", arguments),
            as: try SearchOptions.request("", arguments, in: context))
        let console = context.console
        try console.printJSON(evaluation)
        guard arguments.has("explain") else { return .success }
        for outcome in evaluation.outcomes where !outcome.isRightMoment {
            let path = outcome.firstPath.map(context.shown) ?? "nothing"
            let time =
                outcome.firstMoment.map {
                    " \(clockTime($0.startSeconds))–\(clockTime($0.endSeconds))"
                } ?? ""
            let what = outcome.isRightFile ? "wrong moment" : "wrong file"
            console.note("\(what): “\(outcome.query)” gave \(path)\(time)")
        }
        return .success
    }
}
