internal import Foundation
internal import Service

/// One line that says how far a run has come and when it will end.
///
/// On a terminal it is redrawn at most ten times a second; elsewhere a line is written every ten
/// seconds. The estimate comes from the bytes done, which files of very different length share.
struct ProgressLine {
    private let console: Console
    private let started = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    private var isShown = false

    init(console: Console) {
        self.console = console
    }

    mutating func update(_ progress: IndexProgress) {
        guard !console.isQuiet, progress.filesTotal > 0 else { return }
        let now = ContinuousClock.now
        let interval: Duration = console.isErrorTerminal ? .milliseconds(100) : .seconds(10)
        // The first line on a terminal comes at once; a log is told only about what takes long.
        let last = lastDrawn ?? (console.isErrorTerminal ? nil : started)
        if let last, last.duration(to: now) < interval { return }
        lastDrawn = now
        let text = line(progress, elapsedSeconds: started.duration(to: now) / .seconds(1))
        if console.isErrorTerminal {
            console.redraw(String(text.prefix(max(20, console.width - 1))))
            isShown = true
        } else {
            console.note(text)
        }
    }

    /// Makes room for a message, or for the end.
    mutating func clear() {
        guard isShown else { return }
        console.redraw("")
        isShown = false
        lastDrawn = nil
    }

    private func line(_ progress: IndexProgress, elapsedSeconds: Double) -> String {
        let share = progress.fractionDone
        let name = progress.path.split(separator: "/").last.map(String.init) ?? ""
        let place = progress.seconds > 0 ? " at \(clockTime(progress.seconds))" : ""
        let left =
            share > 0.01 && elapsedSeconds > 1
            ? ", \(clockTime(elapsedSeconds / share * (1 - share))) left" : ""
        return "\(progress.filesDone)/\(progress.filesTotal) files "
            + "(\(Int(share * 100)) %)\(left)  \(name)\(place)"
    }
}
