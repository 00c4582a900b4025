internal import Service

enum TokenizeCommand: Command {
    static let name = "tokenize"
    static let summary = "Show a text as a model sees it"
    static let operands = "TEXT"
    static let options: [CommandLineOption] = [
        .value(
            "model", "DIR",
            "A folder, a name in the models folder, or org/name[@revision] of the hub")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel tokenize --model all-MiniLM-L6-v2 unbelievable", "Ids and tokens as JSON")
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        guard let model = arguments.value("model") else {
            throw UsageError.missingOperand("--model DIR")
        }
        let text = try arguments.requireOneOperand("TEXT")
        try context.console.printJSON(try context.application.tokenize(text, model: model))
        return .success
    }
}
