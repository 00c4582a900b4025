internal import Corpus
internal import Foundation
internal import Service

enum IndexCommand: Command {
    static let name = "index"
    static let summary = "Bring the library up to date with files and folders"
    static let operands = "PATH…"
    static let options: [CommandLineOption] = [
        .value("frames", "HOW", "Look for key frames: fast, or thorough (decodes every frame)"),
        .value("screen-text", "WHEN", "Read text in the picture: auto or off"),
        .value(
            "describe", "WHEN", "Let a model for pictures describe videos: auto (vlm_model), off"),
        .value("transcribe", "WHO", "Recognise speech: auto (where unwritten), pocketsphinx, off"),
        .value("budget", "TIME", "Look at everything briefly, then in full until time is up: 30m"),
        .value("jobs", "N", "Files read at the same time (as many as there are cores)"),
        .flag("retry", "Try files again that could not be read last time"),
        .flag("dry-run", short: "n", "Only say what would be done"),
        .flag("watch", "Go on: index again whenever something changes"),
        .value("watch-interval", "TIME", "Between looks at what cannot be watched (30s)"),
        .flag("rebuild", "Throw the library away first and build it anew"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel index ~/Videos", "Takes in new and changed files; forgets those that are gone"),
        ("reel --index indexes/talks index talks", "Keeps a library of its own for one folder"),
        ("reel index --budget 30m /mnt/archive", "Makes the most of half an hour"),
        ("reel index --watch ~/Videos", "Keeps the library up to date until Ctrl-C"),
    ]

    private enum Reading: String, CaseIterable { case auto, off }

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let request = try request(arguments)
        if arguments.has("dry-run") { return try preview(request, in: context) }
        let interruption = Interruption.watch(console: context.console)
        let reporter = IndexReporter(context: context)
        guard arguments.has("watch") else {
            let answer = try context.application.index(
                request, report: reporter.report, progress: reporter.progress,
                isCancelled: { interruption.isRequested })
            try reporter.finish(answer)
            if answer.wasInterrupted { return .interrupted }
            return answer.failed > 0 ? .someInputsFailed : .success
        }
        let interval = try time("watch-interval", arguments) ?? 30
        var isTold = false
        try context.application.watch(
            request, intervalSeconds: interval, report: reporter.report,
            progress: reporter.progress, finished: reporter.finish,
            waiting: { pollingReason in
                guard !isTold else { return }
                isTold = true
                context.console.note("Watching for changes; press Ctrl-C to stop.")
                if let pollingReason {
                    context.console.note(
                        "Note: \(pollingReason), so that is looked at every \(Int(interval)) s.")
                }
            },
            isCancelled: { interruption.isRequested })
        // Asked to stop is how watching ends.
        return .success
    }

    private static func request(_ arguments: ArgumentReader) throws(UsageError) -> IndexRequest {
        var request = IndexRequest(
            paths: try arguments.requireOperands("A file or folder to index"))
        request.rebuild = arguments.has("rebuild")
        request.keyFrames =
            try arguments.choice("frames", of: KeyFrameMethod.self) ?? request.keyFrames
        request.jobs = try arguments.integer("jobs", in: 1...64)
        request.budgetSeconds = try time("budget", arguments)
        request.readsScreenText =
            try arguments.choice("screen-text", of: Reading.self).map { $0 == .auto } ?? true
        request.recognizer =
            try arguments.choice("transcribe", of: Application.Recognizer.self)
            ?? request.recognizer
        request.describes =
            try arguments.choice("describe", of: Reading.self).map { $0 == .auto } ?? true
        request.retriesFailures = arguments.has("retry")
        return request
    }

    private static func time(
        _ name: String, _ arguments: ArgumentReader
    ) throws(UsageError) -> Double? {
        guard let text = arguments.value(name) else { return nil }
        guard let seconds = MediaTime.seconds(text), seconds > 0 else {
            throw .badValue(option: name, value: text, expected: "a time such as 90s, 30m or 2h")
        }
        return seconds
    }

    private static func preview(
        _ request: IndexRequest, in context: CommandContext
    ) throws -> ExitCode {
        let preview = try context.application.preview(request)
        if context.wantsJSON {
            try context.console.printJSON(preview)
            return .success
        }
        for path in preview.toRead { context.console.print("read    \(context.shown(path))") }
        for path in preview.gone { context.console.print("forget  \(context.shown(path))") }
        for path in preview.failedBefore {
            context.console.print("failed  \(context.shown(path)): again only with --retry")
        }
        context.console.note(
            "Would read \(counted(preview.toRead.count, "file")) and forget "
                + "\(preview.gone.count); \(preview.unchanged) unchanged, "
                + "\(preview.skipped) skipped. Nothing was changed.")
        return .success
    }
}
