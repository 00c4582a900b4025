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
        guard progress.filesTotal > 0, let elapsed = elapsedWhenDue() else { return }
        draw(line(progress, elapsedSeconds: elapsed))
    }

    /// For work whose parts are all alike.
    mutating func update(done: Int, total: Int, _ nouns: String) {
        guard total > 0, let elapsed = elapsedWhenDue() else { return }
        let share = Double(done) / Double(total)
        draw(
            "\(done)/\(total) \(nouns) (\(Int(share * 100)) %)"
                + Self.left(share: share, elapsedSeconds: elapsed))
    }

    /// For what comes over a network.
    mutating func update(doneBytes: Int, totalBytes: Int, file: String) {
        guard totalBytes > 0, let elapsed = elapsedWhenDue() else { return }
        let share = Double(doneBytes) / Double(totalBytes)
        let left = Self.left(share: share, elapsedSeconds: elapsed)
        draw(
            "\(byteText(Int64(doneBytes))) of \(byteText(Int64(totalBytes))) (\(Int(share * 100)) %)\(left)  "
                + file)
    }

    /// For work that has no end in sight, or none worth telling.
    mutating func update(_ text: String) {
        if elapsedWhenDue() != nil { draw(text) }
    }

    /// For work whose end is not known.
    mutating func update(done: Int, _ nouns: String) {
        if elapsedWhenDue() != nil { draw("\(done) \(nouns)") }
    }

    /// Seconds since the start when it is time for another line.
    private mutating func elapsedWhenDue() -> Double? {
        guard !console.isQuiet else { return nil }
        let now = ContinuousClock.now
        let interval: Duration = console.isErrorTerminal ? .milliseconds(100) : .seconds(10)
        // The first line on a terminal comes at once; a log is told only about what takes long.
        let last = lastDrawn ?? (console.isErrorTerminal ? nil : started)
        if let last, last.duration(to: now) < interval { return nil }
        lastDrawn = now
        return started.duration(to: now) / .seconds(1)
    }

    private mutating func draw(_ text: String) {
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
        let left = Self.left(share: share, elapsedSeconds: elapsedSeconds)
        let media =
            progress.mediaSeconds >= 1 && elapsedSeconds > 1
            ? ", \(clockTime(progress.mediaSeconds)) of media, "
                + "\(fixed(progress.mediaSeconds / elapsedSeconds, decimals: 0)) × real time" : ""
        return "\(progress.filesDone)/\(progress.filesTotal) files "
            + "(\(Int(share * 100)) %)\(media)\(left)  \(name)\(place)"
    }

    private static func left(share: Double, elapsedSeconds: Double) -> String {
        share > 0.01 && elapsedSeconds > 1
            ? ", \(clockTime(elapsedSeconds / share * (1 - share))) left" : ""
    }
}
