internal import Service

enum TranscribeCommand: Command {
    static let name = "transcribe"
    static let summary = "Read the subtitles of a file and recognise what else is said"
    static let operands = "FILE"
    static let options: [CommandLineOption] = [
        .value("format", "FORMAT", "json (a line a passage), vtt or srt"),
        .value(
            "transcribe", "WHO",
            "auto (speech without subtitles), off (subtitles alone) or pocketsphinx (all speech)"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel transcribe talk.mp4", "A JSON line a passage, with times and confidence"),
        ("reel transcribe --format vtt talk.mp4 > talk.vtt", "Subtitles for a player"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("FILE")
        let format = try arguments.choice("format", of: SubtitleWriter.Format.self) ?? .json
        let recognizer =
            try arguments.choice("transcribe", of: Application.Recognizer.self) ?? .auto
        let interruption = Interruption.watch(console: context.console)
        let listening = try context.application.transcribe(fileAt: path, with: recognizer) { _ in
            try interruption.check()
        }
        switch format {
        case .json:
            for passage in listening.passages {
                try context.console.printJSON(PassageDocument(passage))
            }
        case .vtt: context.console.print(SubtitleWriter.webVTT(listening.passages))
        case .srt: context.console.print(SubtitleWriter.subRip(listening.passages))
        }
        return context.console.tell(listening)
    }
}
