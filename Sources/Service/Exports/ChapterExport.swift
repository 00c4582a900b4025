internal import Corpus

/// Moments as the chapters of a film: WebVTT, which players show on their time line.
///
/// Chapters belong to one film: the one of the best hit that has a length. What is found in others
/// is named in a note.
struct ChapterExport {
    private let export: HitExport

    init(_ export: HitExport) { self.export = export }

    var text: String {
        guard let film = export.hits.first(where: { $0.asset.durationSeconds > 0 })?.asset else {
            return "WEBVTT\n\nNOTE \(Self.note(export.title)): no moment of a film or a sound.\n"
        }
        let hits = export.hits.filter { $0.asset.id == film.id }
            .sorted { $0.moment.startSeconds < $1.moment.startSeconds }
        let others = Set(export.hits.filter { $0.asset.id != film.id }.map(\.asset.id)).count
        var blocks = [
            "WEBVTT",
            "NOTE \(Self.note(export.title)), in \(Self.note(HitExport.name(of: film)))",
        ]
        if others > 0 {
            blocks.append(
                "NOTE Chapters belong to one file: the moments of \(others) other "
                    + "\(others == 1 ? "file is" : "files are") left out.")
        }
        blocks += hits.enumerated().map { number, hit in
            let start = Self.milliseconds(hit.moment.startSeconds)
            let end = max(start + 1, Self.milliseconds(hit.moment.endSeconds))
            return "\(number + 1)\n\(SubtitleWriter.time(start)) --> \(SubtitleWriter.time(end))\n"
                + SubtitleWriter.escaped(export.label(hit))
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// An arrow in a note would begin a cue.
    private static func note(_ text: String) -> String {
        text.split(separator: "-->", omittingEmptySubsequences: false).joined(separator: "->")
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        SubtitleWriter.milliseconds(seconds)
    }
}
