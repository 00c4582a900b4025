internal import Service

enum SubtitlesCommand: Command {
    static let name = "subtitles"
    static let summary = "Read the subtitles beside or inside a file"
    static let operands = "FILE"
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel subtitles talk.mp4", "A JSON line a cue, from talk.srt or a stream inside")
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("FILE")
        let found = try context.application.subtitles(ofFileAt: path)
        for passage in found.passages {
            try context.console.printJSON(PassageDocument(passage))
        }
        return context.console.tell(found)
    }
}
