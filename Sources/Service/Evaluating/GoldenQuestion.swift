internal import Corpus
internal import Foundation

/// A golden question: what a person would ask, and the moments that answer it; none when nothing
/// in the library does.
struct GoldenQuestion: Decodable {
    var question: String
    var relevant: [GoldenQuery.RelevantMoment]
    /// What sort of question it is, for a figure of its own.
    var kind: String?

    /// The golden questions of a JSON Lines file, with absolute paths.
    static func read(_ path: String) throws(Failure) -> [GoldenQuestion] {
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let lines = try JSONLinesFile.read(
            path, as: GoldenQuestion.self, what: "a golden question",
            example:
                #"{"question":…,"relevant":[{"path":…,"start_seconds":…,"end_seconds":…}]}"#)
        return lines.map { _, line in
            var golden = line
            golden.relevant = line.relevant.map { $0.absolute(in: folder) }
            return golden
        }
    }

    func isRight(_ evidence: LibraryAnswer.Evidence) -> Bool {
        relevant.contains { $0.path == evidence.asset.path && $0.span.overlaps(evidence.span) }
    }
}
