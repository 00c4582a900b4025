internal import Service

/// Tells a person, or a program with `--json`, what an index run does.
final class IndexReporter {
    private let context: CommandContext
    private var line: ProgressLine
    private var skipped: [String: Int] = [:]
    private var lastProgress: ContinuousClock.Instant?

    init(context: CommandContext) {
        self.context = context
        line = ProgressLine(console: context.console)
    }

    func report(_ event: IndexEvent) throws {
        line.clear()
        if context.wantsJSON {
            // A stream of events, then the summary: one object a line.
            try context.console.printJSON(event)
        } else if event.outcome == .skipped {
            // A folder may hold thousands of other files: people are told how many.
            skipped[event.reason ?? "", default: 0] += 1
        } else {
            tell(event)
        }
    }

    func progress(_ progress: IndexProgress) {
        guard context.wantsJSON else {
            line.update(progress)
            return
        }
        // Once a second: a program wants to know that there is life, not every step.
        let now = ContinuousClock.now
        if let lastProgress, lastProgress.duration(to: now) < .seconds(1) { return }
        defer { lastProgress = now }
        // Not the first: a run that takes a second has no progress to speak of.
        guard lastProgress != nil else { return }
        try? context.console.printJSON(progress)
    }

    func finish(_ answer: IndexAnswer) throws {
        line.clear()
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) {
            let word = Style.dim("skipped", when: context.console.colorsMessages)
            context.console.note("\(word) \(counted(count, "file")): \(reason)")
        }
        skipped = [:]
        if context.wantsJSON {
            try context.console.printJSON(answer)
        } else {
            for sentence in answer.missing { context.console.note("Note: \(sentence)") }
            context.console.print(sentence(answer))
        }
    }

    private func tell(_ event: IndexEvent) {
        let console = context.console
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

    private func sentence(_ answer: IndexAnswer) -> String {
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
        let state =
            answer.wasInterrupted
            ? "Stopped; what is done is kept: "
            : answer.isBudgetSpent ? "Time is up; what is done is kept: " : "Committed: "
        return state + parts.joined(separator: ", ")
            + " in \(fixed(seconds, decimals: 1)) s\(speed)."
    }
}
