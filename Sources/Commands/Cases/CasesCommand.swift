internal import Service

/// `reel cases import|train|classify|search|predict|evaluate`: the law's own flow.
enum CasesCommand: Command {
    static let name = "cases"
    static let summary = "Find precedents for a legal case, and what they led to"
    static let operands =
        "import FILE… | train | classify TEXT | search TEXT | predict TEXT | evaluate FILE"
    static let options: [CommandLineOption] = [
        .value("encoding", "NAME", "import: utf-8 or gb18030 (found out for each file)"),
        .value("encoder", "MODEL", "import: embed the facts with this text encoder too"),
        .value("model", "DIR", "classify: a network whose labels are charges, not the library's"),
        .value("top", "N", "classify, search, predict: how many charges or cases (5)"),
        .value("charge", "NAME", "search, predict: only cases with it (may be given again)"),
        .value("article", "N", "search, predict: only cases under it (may be given again)"),
        .value("months", "FROM-TO", "search, predict: only terms of so many months"),
        .value("years", "FROM-TO", "search, predict: only acts of these years"),
        .flag("charges-only", "evaluate: leave out precedents and terms"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel cases import cases/demo.jsonl", "Brings decided cases into indexes/cases"),
        ("reel cases train", "Learns to tell the charges apart"),
        ("reel cases classify - < fact.txt", "The likeliest charges of a description"),
        ("reel cases search - --charge 盗窃 < fact.txt", "The nearest precedents with a charge"),
        ("reel cases predict - < fact.txt", "What such cases led to"),
        ("reel cases evaluate test.jsonl", "How well charges and terms are told"),
    ]

    private enum Subject: String, CaseIterable {
        case `import`, train, classify, search, predict, evaluate
    }

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.operands.first else {
            throw UsageError.contradiction("Say what to do with cases: \(names).")
        }
        guard let subject = Subject(rawValue: word) else {
            throw UsageError.contradiction("There is no 'cases \(word)': it is one of \(names).")
        }
        var context = context
        if let path = arguments.value("index") {
            var configuration = context.application.configuration
            configuration.casesPath = path
            context.application = Application(configuration: configuration)
        }
        switch subject {
        case .import: return try importFiles(arguments, in: context)
        case .train: return try train(arguments, in: context)
        case .classify: return try classify(arguments, in: context)
        case .search: return try search(arguments, in: context)
        case .predict: return try predict(arguments, in: context)
        case .evaluate: return try evaluate(arguments, in: context)
        }
    }
}
