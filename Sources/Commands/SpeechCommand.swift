internal import Service

enum SpeechCommand: Command {
    static let name = "speech"
    static let summary = "Find where people talk in a file"
    static let operands = "FILE"
    static let options: [CommandLineOption] = [
        .flag("probabilities", "Instead, how likely each 32 ms are speech")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel speech talk.mp4", "A JSON line a span of speech"),
        ("reel speech --probabilities talk.mp4", "A JSON line for each 32 ms"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("FILE")
        let interruption = Interruption.watch(console: context.console)
        let listening: Application.Listening
        if arguments.has("probabilities") {
            listening = try context.application.voiceProbabilities(ofFileAt: path) {
                try interruption.check()
                try context.console.printJSON(
                    VoiceProbabilityDocument(probability: $0, timeSeconds: $1))
            }
        } else {
            listening = try context.application.speech(ofFileAt: path) { _ in
                try interruption.check()
            }
            for span in listening.spans { try context.console.printJSON(SpeechDocument(span)) }
        }
        return context.console.tell(listening)
    }
}

extension Interruption {
    /// Ends the work when the user has asked for it.
    func check() throws {
        if isRequested { throw CancellationError() }
    }
}

extension Console {
    /// How a file was listened to, and what was wrong with it.
    func tell(_ listening: Application.Listening) -> ExitCode {
        for line in listening.notes { note(line) }
        guard let damage = listening.damage else { return .success }
        complain("In part: \(damage)")
        return .someInputsFailed
    }
}
