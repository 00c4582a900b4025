internal import Corpus
internal import Service

enum AskCommand: Command {
    static let name = "ask"
    static let summary = "Answer a question from what the library says, with where it says so"
    static let operands = "QUESTION"
    static let options: [CommandLineOption] =
        [
            .value("top", "N", "How many passages to read as evidence (8, at most 50)"),
            .flag("explain", "Show all evidence, and how well each sentence answers"),
            .flag("extractive", "Ask no language model, though one is configured"),
            .value("seed", "N", "For the same words of a language model again"),
            .value("log", "FILE", "Add question, evidence and answer to a chained log"),
        ] + AssetFilterOptions.declared + SearchOptions.declared
    static let examples: [(line: String, does: String)] = [
        (
            #"reel ask "how long does the cake have to bake?""#,
            "The sentence that says it, and where"
        ),
        (
            #"reel ask --kind video --path '*/talks/*' "who pays for travel""#,
            "From some files only"
        ),
        (#"reel ask --explain "when is the storm coming""#, "Every sentence that was considered"),
        (#"reel --json ask "what do bees like" | jq .answer"#, "The answer as JSON"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let question = arguments.operands.joined(separator: " ")
        guard question.contains(where: { !$0.isWhitespace }) else {
            throw UsageError.missingOperand("What to ask")
        }
        var request = AnswerRequest(question: question)
        request.search = try SearchOptions.request(question, arguments, in: context)
        request.search.filter = try AssetFilterOptions.read(arguments)
        request.passages = try arguments.integer("top", in: 1...50)
        request.usesLanguageModel = !arguments.has("extractive")
        request.seed = try arguments.integer("seed", in: 0...Int(Int32.max))
        let answer = try context.application.ask(request)
        if let log = arguments.value("log") { try EvidenceLog(path: log).append(answer) }
        if context.wantsJSON {
            try context.console.printJSON(AnswerDocument(answer))
            return .success
        }
        for sentence in answer.missing + answer.notes { context.console.note("Note: \(sentence)") }
        let text = AnswerText(answer: answer, context: context)
        for line in text.lines { context.console.print(line) }
        if arguments.has("explain") {
            for line in text.explanation { context.console.print(line) }
        } else if !answer.isFound, !answer.evidence.isEmpty {
            context.console.note("See what comes nearest: reel ask --explain …")
        }
        context.console.note(
            Style.dim(
                "\(counted(answer.evidence.count, "piece of evidence", "pieces of evidence")) in "
                    + "\(fixed(answer.milliseconds["total"] ?? 0, decimals: 0)) ms",
                when: context.console.colorsMessages))
        return .success
    }
}
