internal import Service

enum VerifyLogCommand: Command {
    static let name = "verify-log"
    static let summary = "Check that a log of answers was not changed"
    static let operands = "FILE"
    static let options: [CommandLineOption] = [
        .value("holding", "HASH", "A hash printed before, which the log must still hold")
    ]
    static let examples: [(line: String, does: String)] = [
        (
            "reel verify-log evidence.jsonl",
            "Every line follows the one before it; prints the last hash"
        )
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("The log to check")
        let check = try EvidenceLog(path: path).verify(holding: arguments.value("holding"))
        if context.wantsJSON {
            try context.console.printJSON(check)
        } else if let problem = check.problem {
            context.console.print(
                "\(path): \(problem) \(counted(check.lines, "line")) before it hold.")
        } else {
            context.console.print(
                "\(path): \(counted(check.lines, "line")), none changed. Last: \(check.last)")
        }
        return check.problem == nil ? .success : .badData
    }
}
