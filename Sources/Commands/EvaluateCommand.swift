internal import Corpus
internal import Service

enum EvaluateCommand: Command {
    static let name = "eval"
    static let summary = "Measure how well the library answers golden queries"
    static let operands = "library"
    static let options: [CommandLineOption] = [
        .value("queries", "FILE", "JSON Lines of golden queries"),
        .value("channels", "LIST", "Only these of keywords,frames,meaning"),
        .value("weights", "LIST", "How much each counts: keywords=1,frames=1,meaning=1"),
        .flag("explain", "List the queries whose first hit is wrong"),
    ]
    static let examples: [(line: String, does: String)] = [
        (
            "reel --index indexes/demo eval library --queries media/queries.jsonl",
            "Counts right files and right moments among the first hits"
        )
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let what = try arguments.requireOneOperand("thing to measure: library")
        guard what == "library" else {
            throw UsageError.contradiction("Cannot measure \(what): only library.")
        }
        guard let queries = arguments.value("queries") else {
            throw UsageError.missingOperand("--queries FILE")
        }
        let evaluation = try context.application.evaluate(
            queriesAt: queries, weights: try ChannelWeights.read(arguments))
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
