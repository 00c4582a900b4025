internal import Corpus
internal import Service

enum ListCommand: Command {
    static let name = "ls"
    static let summary = "List what the library holds"
    static let operands = ""
    static let options: [CommandLineOption] = [
        .flag("problems", "List the files that could not be used, with the reason")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel ls", "Every asset with its length, key frames and passages"),
        ("reel ls --problems", "What went wrong, file by file"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        let listing = try context.application.list()
        let console = context.console
        if arguments.has("problems") {
            for problem in listing.problems + listing.removed {
                if context.wantsJSON {
                    try console.printJSON(problem)
                } else {
                    console.print("\(context.shown(problem.path)): \(problem.problem)")
                }
            }
            return .success
        }
        for summary in listing.assets {
            if context.wantsJSON {
                try console.printJSON(AssetSummaryDocument(summary))
            } else {
                console.print(line(summary, in: context))
            }
        }
        if !listing.problems.isEmpty {
            console.note(
                "\(counted(listing.problems.count, "file")) could not be used: reel ls --problems")
        }
        return .success
    }

    private static func line(_ summary: AssetSummary, in context: CommandContext) -> String {
        let asset = summary.asset
        let length = asset.kind == .image ? "picture" : clockTime(asset.durationSeconds)
        var line =
            Style.dim(String(asset.id.description.prefix(8)), when: context.console.colorsOutput)
            + "  \(length.padded(to: 8))"
            + "\(counted(summary.keyFrameCount, "frame").padded(to: 11))"
            + "\(counted(summary.passageCount, "passage").padded(to: 13))"
            + context.shown(asset.path)
        if let note = summary.note { line += "  (in part: \(note))" }
        return line
    }
}
