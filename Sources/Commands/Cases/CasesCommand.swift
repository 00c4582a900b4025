internal import Service

/// `reel cases import|train|classify|search|predict|evaluate`: the law's own flow.
enum CasesCommand: Command {
    static let name = "cases"
    static let summary = "Find precedents for a legal case, and what they led to"
    static let operands = "import FILE…"
    static let options: [CommandLineOption] = [
        .value("encoding", "NAME", "import: utf-8 or gb18030 (found out for each file)")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel cases import cases/demo.jsonl", "Brings decided cases into indexes/cases")
    ]

    private enum Subject: String, CaseIterable { case `import` }

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.operands.first else {
            throw UsageError.contradiction("Say what to do with cases: \(names).")
        }
        guard let subject = Subject(rawValue: word) else {
            throw UsageError.contradiction("There is no 'cases \(word)': it is one of \(names).")
        }
        switch subject {
        case .import: return try importFiles(arguments, in: context)
        }
    }
}
