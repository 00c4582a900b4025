internal import Corpus
internal import Service

enum RemoveCommand: Command {
    static let name = "rm"
    static let summary = "Take assets out of the library; their files are left alone"
    static let operands = "ASSET…"
    static let options: [CommandLineOption] = [
        .flag("dry-run", short: "n", "Only say what would be taken out")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel rm talk.mp4", "All that was made of it goes: words, vectors, pictures"),
        ("reel rm 3fa9c2 --dry-run", "What would go, by the beginning of its id"),
        (
            "reel index ~/Videos/talk.mp4",
            "Takes a removed file in again: indexing its folder alone does not"
        ),
        ("reel ls --problems", "Files that were taken out are listed here too"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let names = try arguments.requireOperands("The asset to remove")
        let isPreview = arguments.has("dry-run")
        let answer = try context.application.remove(names, isPreview: isPreview)
        if context.wantsJSON {
            try context.console.printJSON(RemovalDocument(answer, isPreview: isPreview))
            return .success
        }
        for removed in answer.removed {
            let summary = removed.summary
            context.console.print(
                "\(isPreview ? "would remove" : "removed") \(context.shown(summary.asset.path)): "
                    + "\(counted(summary.keyFrameCount, "key frame")), "
                    + counted(summary.passageCount, "passage"))
            for copy in removed.paths.dropFirst() {
                context.console.print("  its copy \(context.shown(copy)) too")
            }
        }
        context.console.note(remark(answer, isPreview: isPreview, in: context))
        return .success
    }

    private static func remark(
        _ answer: RemovalAnswer, isPreview: Bool, in context: CommandContext
    ) -> String {
        guard !isPreview else { return "Nothing was changed." }
        let paths = answer.removed.flatMap(\.paths)
        let file = paths.count == 1 ? "The file itself is" : "The files themselves are"
        return "\(file) untouched, and left out from now on when the folder is indexed. "
            + "To take \(paths.count == 1 ? "it" : "one") in again: "
            + "reel index \(paths.first.map(context.shown) ?? "FILE")"
    }
}
