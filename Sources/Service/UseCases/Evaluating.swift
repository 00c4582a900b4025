package import Corpus
internal import Foundation
internal import Storage

/// A golden query: what a person would type, and the moments that answer it.
package struct GoldenQuery: Decodable, Sendable {
    package var query: String
    package var relevant: [RelevantMoment]
    /// What the query is about (`seen`, `said`, `both`), for a figure of its own.
    package var kind: String?

    package struct RelevantMoment: Decodable, Sendable {
        /// Relative to the folder of the file of queries, or absolute.
        package var path: String
        package var startSeconds: Double
        package var endSeconds: Double

        enum CodingKeys: String, CodingKey {
            case path
            case startSeconds = "start_seconds"
            case endSeconds = "end_seconds"
        }
    }
}

/// How well a library answers golden queries.
package struct LibraryEvaluation: Encodable, Sendable {
    package var queries = 0
    /// Queries whose first hit is in a relevant file.
    package var rightFileFirst = 0
    /// Queries whose first hit overlaps a relevant moment.
    package var rightMoment = 0
    /// Mean reciprocal rank of the first hit that overlaps a relevant moment; 0 when none does.
    package var mrr = 0.0
    /// The same counts for each kind of query.
    package var byKind: [String: Counts] = [:]
    package var outcomes: [Outcome] = []

    package struct Counts: Encodable, Sendable {
        package var queries = 0
        package var rightFileFirst = 0
        package var rightMoment = 0

        enum CodingKeys: String, CodingKey {
            case queries
            case rightFileFirst = "right_file_first"
            case rightMoment = "right_moment"
        }
    }

    package struct Outcome: Sendable {
        package var query: String
        package var firstPath: String?
        package var firstMoment: TimeSpan?
        package var isRightFile: Bool
        package var isRightMoment: Bool
    }

    enum CodingKeys: String, CodingKey {
        case queries, mrr
        case rightFileFirst = "right_file_first"
        case rightMoment = "right_moment"
        case byKind = "by_kind"
    }
}

extension Application {
    /// Asks the library every golden query of a JSON Lines file.
    /// - Parameter search: how; its text is put in.
    package func evaluate(
        queriesAt path: String, as search: SearchRequest
    ) throws -> LibraryEvaluation {
        try Failure.translating {
            let queries = try Self.readQueries(path)
            let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
                .deletingLastPathComponent()
            let session = try SearchSession(application: self, for: search)
            var evaluation = LibraryEvaluation()
            for golden in queries {
                var request = search
                request.query = golden.query
                let hits = try session.search(request).hits
                evaluation.count(golden, hits: hits, folder: folder)
            }
            if evaluation.queries > 0 { evaluation.mrr /= Double(evaluation.queries) }
            return evaluation
        }
    }

    private static func readQueries(_ path: String) throws -> [GoldenQuery] {
        try JSONLinesFile.read(
            path, as: GoldenQuery.self, what: "a golden query",
            example: #"{"query":…,"relevant":[{"path":…,"start_seconds":…,"end_seconds":…}]}"#
        ).map(\.line)
    }
}

extension LibraryEvaluation {
    fileprivate mutating func count(_ golden: GoldenQuery, hits: [Hit], folder: URL) {
        let relevant = golden.relevant.map { moment in
            (
                path: URL(fileURLWithPath: moment.path, relativeTo: folder).standardizedFileURL
                    .path,
                span: TimeSpan(startSeconds: moment.startSeconds, endSeconds: moment.endSeconds)
            )
        }
        func isRight(_ hit: Hit) -> Bool {
            relevant.contains { $0.path == hit.asset.path && $0.span.overlaps(hit.moment) }
        }
        let isRightFile =
            hits.first.map { first in
                relevant.contains { $0.path == first.asset.path }
            } ?? false
        let isRightMoment = hits.first.map(isRight) ?? false
        queries += 1
        rightFileFirst += isRightFile ? 1 : 0
        rightMoment += isRightMoment ? 1 : 0
        if let rank = hits.firstIndex(where: isRight) { mrr += 1 / Double(rank + 1) }
        if let kind = golden.kind {
            byKind[kind, default: Counts()].queries += 1
            byKind[kind, default: Counts()].rightFileFirst += isRightFile ? 1 : 0
            byKind[kind, default: Counts()].rightMoment += isRightMoment ? 1 : 0
        }
        outcomes.append(
            Outcome(
                query: golden.query, firstPath: hits.first?.asset.path,
                firstMoment: hits.first?.moment, isRightFile: isRightFile,
                isRightMoment: isRightMoment))
    }
}
