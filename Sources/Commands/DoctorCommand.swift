internal import Service

enum DoctorCommand: Command {
    static let name = "doctor"
    static let summary = "Check the machine, the models and the library"
    static let operands = ""
    static let options: [CommandLineOption] = [
        .flag("deep", "Read every byte of the library"),
        .flag("repair", "First make the text index again, and drop what is damaged"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel doctor", "What reel runs on, and what is missing"),
        ("reel --index indexes/talks doctor --deep", "Every checksum of a library"),
        ("reel doctor --repair", "Mend a library; reel index then reads again what was dropped"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        if arguments.has("repair") {
            for sentence in try context.application.repair() { context.console.note(sentence) }
        }
        let diagnoses = try context.application.diagnose(deep: arguments.has("deep"))
        let console = context.console
        for diagnosis in diagnoses {
            if context.wantsJSON {
                try console.printJSON(diagnosis)
                continue
            }
            let mark =
                switch diagnosis.state {
                case .good: Style.green("✓", when: console.colorsOutput)
                case .warning: Style.yellow("!", when: console.colorsOutput)
                case .bad: Style.red("✗", when: console.colorsOutput)
                }
            console.print("\(mark) \(diagnosis.subject): \(diagnosis.detail)")
        }
        return diagnoses.contains { $0.state == .bad } ? .failure : .success
    }
}
