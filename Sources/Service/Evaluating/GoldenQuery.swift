internal import Corpus
internal import Foundation

/// A golden query: what a person would type, and the moments that answer it.
struct GoldenQuery: Decodable {
    var query: String
    var relevant: [RelevantMoment]
    /// What the query is about (`seen`, `said`, `both`), for a figure of its own.
    var kind: String?

    struct RelevantMoment: Decodable {
        /// Relative to the folder of the file of queries, or absolute.
        var path: String
        var startSeconds: Double
        var endSeconds: Double

        enum CodingKeys: String, CodingKey {
            case path
            case startSeconds = "start_seconds"
            case endSeconds = "end_seconds"
        }

        var span: TimeSpan { TimeSpan(startSeconds: startSeconds, endSeconds: endSeconds) }

        /// With an absolute path.
        func absolute(in folder: URL) -> Self {
            var moment = self
            moment.path = URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
            return moment
        }
    }

    /// The golden queries of a JSON Lines file, with absolute paths.
    static func read(_ path: String) throws(Failure) -> [GoldenQuery] {
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let lines = try JSONLinesFile.read(
            path, as: GoldenQuery.self, what: "a golden query",
            example: #"{"query":…,"relevant":[{"path":…,"start_seconds":…,"end_seconds":…}]}"#)
        return lines.map { _, line in
            var golden = line
            golden.relevant = line.relevant.map { $0.absolute(in: folder) }
            return golden
        }
    }

    func isRightFile(_ hit: Hit) -> Bool { relevant.contains { $0.path == hit.asset.path } }

    func isRightMoment(_ hit: Hit) -> Bool {
        relevant.contains { $0.path == hit.asset.path && $0.span.overlaps(hit.moment) }
    }

    /// From 1; nil when no hit is a relevant moment.
    func rank(in hits: [Hit]) -> Int? { hits.firstIndex(where: isRightMoment).map { $0 + 1 } }
}
