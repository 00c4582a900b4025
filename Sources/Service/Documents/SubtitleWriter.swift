package import Corpus
internal import Foundation

/// Passages as a subtitle file that players show.
package struct SubtitleWriter {
    package enum Format: String, CaseIterable, Sendable {
        case json, vtt, srt
    }

    private struct Cue {
        var startMilliseconds: Int
        var endMilliseconds: Int
        var lines: [String]
    }

    /// Letters of a line, as captions are usually broken, …
    private static let lineLength = 42
    /// … lines of a cue, …
    private static let lineCount = 2
    /// … and the shortest time it is shown, in milliseconds.
    private static let shortest = 1
    private static let latest = 359_999_999.0  // milliseconds: 99:59:59.999

    /// WebVTT (w3.org/TR/webvtt1): cues by start, each ending after it starts, without "-->" or
    /// markup in the text.
    package static func webVTT(_ passages: [Passage]) -> String {
        let cues = cues(passages).map { cue in
            time(cue.startMilliseconds, ".") + " --> " + time(cue.endMilliseconds, ".") + "\n"
                + cue.lines.map(escaped).joined(separator: "\n") + "\n"
        }
        return (["WEBVTT\n"] + cues).joined(separator: "\n")
    }

    /// SubRip: numbered cues; it has no way to escape anything, so "-->" is broken up.
    package static func subRip(_ passages: [Passage]) -> String {
        cues(passages).enumerated().map { index, cue in
            "\(index + 1)\n" + time(cue.startMilliseconds, ",") + " --> "
                + time(cue.endMilliseconds, ",") + "\n"
                + cue.lines.map { $0.replacingOccurrences(of: "-->", with: "->") }
                .joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    /// A passage is cut into as many cues as its text needs, its time shared out by letters.
    private static func cues(_ passages: [Passage]) -> [Cue] {
        passages.flatMap { passage -> [Cue] in
            guard let span = passage.span else { return [] }
            let lines = lines(of: passage.text)
            let total = Double(max(1, lines.reduce(0) { $0 + $1.count }))
            let start = milliseconds(span.startSeconds)
            let length = max(0, milliseconds(span.endSeconds) - start)
            var cues: [Cue] = []
            var letters = 0
            for first in stride(from: 0, to: lines.count, by: lineCount) {
                let shown = Array(lines[first..<min(first + lineCount, lines.count)])
                let from = start + Int(Double(length) * Double(letters) / total)
                letters += shown.reduce(0) { $0 + $1.count }
                let to = start + Int(Double(length) * Double(letters) / total)
                cues.append(
                    Cue(
                        startMilliseconds: from, endMilliseconds: max(to, from + shortest),
                        lines: shown))
            }
            return cues
        }.sorted { $0.startMilliseconds < $1.startMilliseconds }
    }

    /// The words in lines of about the length of captions. A text without blanks stays one line.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= lineLength {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    static func escaped(_ line: String) -> String {
        line.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }

    static func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite ? Int(min(latest, max(0, (seconds * 1000).rounded()))) : 0
    }

    /// - Parameter point: before the milliseconds.
    static func time(_ milliseconds: Int, _ point: String = ".") -> String {
        let seconds = milliseconds / 1000
        return String(
            format: "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
            + point + String(format: "%03d", milliseconds % 1000)
    }
}
