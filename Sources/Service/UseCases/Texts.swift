internal import Corpus
internal import Foundation
internal import SQLite
internal import TextSearch

/// Text search alone, without a library: lines in, lines out.
extension Application {
    /// What `reel texts build` is told.
    package struct TextBuildRequest: Sendable {
        /// Lines of text, or `.jsonl` with `_id`, `title` and `text` as in BEIR's corpora.
        package var input: String
        /// The SQLite file to make.
        package var output: String
        /// ISO 639 code of all lines; nil when it is not known.
        package var language: String?

        package init(input: String, output: String) {
            self.input = input
            self.output = output
        }
    }

    package func buildTexts(_ request: TextBuildRequest) throws -> TextBuildDocument {
        try Failure.translating {
            guard !FileManager.default.fileExists(atPath: request.output) else {
                throw Failure(
                    .cannotCreate, "\(request.output) exists already. Remove it, or name another.")
            }
            let start = DispatchTime.now()
            let lines = try TextLines(path: request.input)
            let connection = try Connection(path: request.output, mode: .readWriteCreate)
            try connection.setJournalMode(.wal)
            try TextStore.createSchema(in: connection)
            try connection.execute("CREATE TABLE line_names(line INTEGER PRIMARY KEY, name TEXT)")
            let store = try TextStore(connection: connection)
            try connection.transaction {
                try lines.forEachLine { number, line in
                    try store.add(
                        Passage(text: line.text, source: .transcript, language: request.language),
                        asset: AssetID(value: 0), ordinal: number)
                    guard let name = line.name else { return }
                    try connection.statement("INSERT INTO line_names VALUES (?1, ?2)")
                        .run(number, name)
                }
            }
            try connection.checkpoint()
            return try TextBuildDocument(
                passages: store.count(), bytes: Self.bytes(of: request.output),
                terms: TermTokenizer.version, seconds: start.secondsSince())
        }
    }

    private static func bytes(of path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    /// What `reel texts search` is told.
    package struct TextSearchRequest: Sendable {
        package enum Ranking: String, Sendable, CaseIterable { case bm25, tfidf }

        package var index: String
        /// A query a line, or `.jsonl` with `_id` and `text`.
        package var queries: String
        /// A run as trec_eval reads it; nil when only times are wanted.
        package var output: String?
        package var top = 10
        package var ranking = Ranking.tfidf
        package var k1: Double?
        package var b: Double?
        package var slope: Double?
        /// Reads phrases, fields and exclusions instead of words only.
        package var readsSyntax = false

        package init(index: String, queries: String) {
            self.index = index
            self.queries = queries
        }

        fileprivate var textRanking: TextRanking {
            switch ranking {
            case .bm25: TextRanking(formula: .bm25(k1: k1 ?? 1.2, b: b ?? 0.75))
            case .tfidf: TextRanking(formula: .tfidf(slope: slope ?? 0.25))
            }
        }
    }

    package func searchTexts(_ request: TextSearchRequest) throws -> TextSearchDocument {
        try Failure.translating {
            let opening = DispatchTime.now()
            let connection = try existingTexts(request.index)
            let store = try TextStore(connection: connection, ranking: request.textRanking)
            // The first search reads what all need of every passage.
            _ = try store.search("", limit: 1)
            let openSeconds = opening.secondsSince()
            var milliseconds: [Double] = []
            var run = ""
            try TextLines(path: request.queries).forEachLine { number, line in
                let query =
                    request.readsSyntax
                    ? TextQuery(parsing: line.text) : TextQuery(words: line.text)
                let start = DispatchTime.now()
                let result = try store.search(query, limit: request.top)
                milliseconds.append(1000 * start.secondsSince())
                guard request.output != nil else { return }
                for (rank, match) in result.matches.enumerated() {
                    let name = try connection.statement(
                        "SELECT name FROM line_names WHERE line = ?1"
                    )
                    .first(match.ordinal) { $0.text(0) }
                    run +=
                        "\(line.name ?? String(number)) Q0 \(name ?? String(match.ordinal)) "
                        + "\(rank + 1) \(match.score) reel\n"
                }
            }
            if let output = request.output {
                try Data(run.utf8).write(to: URL(fileURLWithPath: output))
            }
            return TextSearchDocument(milliseconds: milliseconds, openSeconds: openSeconds)
        }
    }

    /// - Parameter deep: compares every passage with its checksum, and the index with them.
    package func textInformation(_ path: String, deep: Bool) throws -> TextBuildDocument {
        try Failure.translating {
            // FTS5 checks itself by a statement that counts as a write.
            let connection = try existingTexts(path, mode: deep ? .readWriteCreate : .readOnly)
            let store = try TextStore(connection: connection)
            if deep {
                let damage = try connection.quickCheck() + store.integrityCheck().map(\.description)
                guard damage.isEmpty else {
                    throw Failure(.badData, damage.joined(separator: "; "))
                }
            }
            return try TextBuildDocument(
                passages: store.count(), bytes: Self.bytes(of: path), terms: store.termVersion,
                seconds: nil)
        }
    }

    private func existingTexts(
        _ path: String, mode: Connection.Mode = .readOnly
    ) throws -> Connection {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .noInput,
                "There is no index at \(path). Make one: reel texts build --input FILE --output PATH"
            )
        }
        return try Connection(path: path, mode: mode)
    }
}

/// The lines of a file: plain text, or objects of JSON.
private struct TextLines {
    struct Line {
        var name: String?
        var text: String
    }

    private struct Record: Decodable {
        var _id: String
        var title: String?
        var text: String
    }

    private let path: String
    private let bytes: Data

    init(path: String) throws {
        self.path = path
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw Failure(.noInput, "\(path) cannot be read. Check that it exists.")
        }
        self.bytes = bytes
    }

    /// - Parameter body: is given the number of the line, from 1.
    func forEachLine(_ body: (Int, Line) throws -> Void) throws {
        let isJSON = path.hasSuffix(".jsonl")
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if line.isEmpty, isJSON || line.endIndex == bytes.endIndex { continue }
            guard isJSON else {
                try body(number, Line(name: nil, text: String(decoding: line, as: UTF8.self)))
                continue
            }
            guard let record = try? JSONDecoder().decode(Record.self, from: line) else {
                throw Failure(
                    .badData,
                    "\(path), line \(number): expected an object with `_id` and `text`.")
            }
            let title = record.title.map { $0.isEmpty ? "" : $0 + "\n" } ?? ""
            try body(number, Line(name: record._id, text: title + record.text))
        }
    }
}
