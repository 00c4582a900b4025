internal import Foundation
internal import Service

enum IndexCommand: Command {
    static let name = "index"
    static let summary = "Bring the library up to date with files and folders"
    static let operands = "PATH…"
    static let options: [CommandLineOption] = [
        .flag("rebuild", "Throw the library away first and build it anew")
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel index ~/Videos", "Takes in new and changed files; forgets those that are gone"),
        ("reel --index indexes/talks index talks", "Keeps a library of its own for one folder"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        var request = IndexRequest(
            paths: try arguments.requireOperands("A file or folder to index"))
        request.rebuild = arguments.has("rebuild")
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        var skipped: [String: Int] = [:]
        let answer = try context.application.index(
            request,
            report: { event in
                line.clear()
                // A folder may hold thousands of other files: people are told how many.
                if event.outcome == .skipped, !context.wantsJSON {
                    skipped[event.reason ?? "", default: 0] += 1
                } else {
                    try report(event, in: context)
                }
            },
            progress: { line.update($0) },
            isCancelled: { interruption.isRequested })
        line.clear()
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) {
            let word = Style.dim("skipped", when: context.console.colorsMessages)
            context.console.note("\(word) \(counted(count, "file")): \(reason)")
        }
        if context.wantsJSON {
            try context.console.printJSON(answer)
        } else {
            for sentence in answer.missing { context.console.note("Note: \(sentence)") }
            context.console.print(sentence(answer, in: context))
        }
        if answer.wasInterrupted { return .interrupted }
        return answer.failed > 0 ? .someInputsFailed : .success
    }

    private static func report(_ event: IndexEvent, in context: CommandContext) throws {
        let console = context.console
        if context.wantsJSON {
            // A stream of events, then the summary: one object a line.
            try console.printJSON(event)
            return
        }
        let path = context.shown(event.path)
        switch event.outcome {
        case .indexed:
            let what =
                "\(counted(event.keyFrames, "key frame")), \(counted(event.passages, "passage"))"
            console.note("\(Style.green("indexed", when: console.colorsMessages)) \(path): \(what)")
            if let note = event.reason {
                console.note("  \(Style.yellow("in part:", when: console.colorsMessages)) \(note)")
            }
        case .knownContent:
            console.note(
                "\(Style.dim("known", when: console.colorsMessages)) \(path): the same content is in the library"
            )
        case .failed:
            console.complain(
                "\(Style.red("failed", when: console.colorsMessages)) \(path): \(event.reason ?? "")"
            )
        case .skipped, .unchanged:
            break
        }
    }

    private static func sentence(_ answer: IndexAnswer, in context: CommandContext) -> String {
        var parts = ["\(answer.indexed) indexed"]
        if answer.unchanged > 0 { parts.append("\(answer.unchanged) unchanged") }
        if answer.knownContent > 0 { parts.append("\(answer.knownContent) known") }
        if answer.removed > 0 { parts.append("\(answer.removed) removed") }
        if answer.skipped > 0 { parts.append("\(answer.skipped) skipped") }
        if answer.failed > 0 { parts.append("\(answer.failed) failed") }
        let seconds = answer.milliseconds / 1000
        let speed =
            answer.mediaSeconds > 0 && seconds > 0
            ? ", \(fixed(answer.mediaSeconds / seconds, decimals: 0)) × real time" : ""
        let state = answer.wasInterrupted ? "Stopped; what is done is kept: " : "Committed: "
        return state + parts.joined(separator: ", ")
            + " in \(fixed(seconds, decimals: 1)) s\(speed)."
    }
}
