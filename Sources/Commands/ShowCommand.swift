internal import Corpus
internal import Foundation
internal import Service

enum ShowCommand: Command {
    static let name = "show"
    static let summary = "Show all that the library knows of one asset, in order of time"
    static let operands = "ASSET"
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel show talk.mp4", "By its name or the end of its path"),
        ("reel show 3fa9c2", "By the beginning of its id, as reel ls prints it"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let name = try arguments.requireOneOperand("asset")
        let timeline = try context.application.timeline(of: name)
        if context.wantsJSON {
            try context.console.printJSON(TimelineDocument(timeline))
            return .success
        }
        lines(timeline, in: context).forEach(context.console.print)
        return .success
    }

    private static func lines(_ timeline: AssetTimeline, in context: CommandContext) -> [String] {
        let colors = context.console.colorsOutput
        let asset = timeline.summary.asset
        var lines = [
            "\(Style.bold(context.shown(asset.path), when: colors))  \(asset.id)  "
                + "\(asset.kind.rawValue) \(clockTime(asset.durationSeconds))"
        ]
        if let note = timeline.summary.note { lines.append("In part: \(note)") }
        let frames = timeline.frames.map { frame in
            (
                start: frame.span.startSeconds,
                text: "frame    \(context.shown(frame.thumbnail))"
            )
        }
        let passages = timeline.passages.map { passage in
            (
                start: passage.span?.startSeconds ?? -1,
                text: "\(label(passage.source)) “\(printable(passage.text.utf8))”"
            )
        }
        for entry in (passages + frames).sorted(by: { $0.start < $1.start }) {
            let time = entry.start < 0 ? "" : clockTime(entry.start)
            let room = String(repeating: " ", count: max(0, 8 - time.count))
            lines.append("\(room)\(Style.cyan(time, when: colors))  \(entry.text)")
        }
        return lines
    }

    /// In one width, so that texts stand below each other.
    private static func label(_ source: PassageSource) -> String {
        let label =
            switch source {
            case .fileName: "name"
            case .title: "title"
            case .description: "about"
            case .transcript: "speech"
            case .subtitle: "subtitle"
            case .tag: "tag"
            case .chapter: "chapter"
            case .screenText: "screen"
            case .text: "text"
            }
        return label.padding(toLength: 8, withPad: " ", startingAt: 0)
    }
}
