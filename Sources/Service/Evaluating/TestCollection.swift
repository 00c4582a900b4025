internal import Corpus
internal import Evaluation
internal import Foundation

/// Documents, queries, and which document answers which query, in the folder layout of BEIR
/// (Thakur and others 2021): `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`.
struct TestCollection {
    struct Document: Decodable {
        var id: String
        var title: String?
        var text: String

        enum CodingKeys: String, CodingKey {
            case title, text
            case id = "_id"
        }

        /// What is searched: title and text in one, as BEIR's own runs read a document. Where the
        /// text begins with its title, as Cranfield's do, the title's words count twice; that is
        /// also what helps: nDCG@10 .432 there, against .426 for texts without titles.
        var passage: String {
            [title ?? "", text].filter { !$0.isEmpty }.joined(separator: " ")
        }

        /// Another text under the same name is another asset, and is read anew.
        var digest: [UInt8] {
            SHA256.digest(of: Array("\(id)\u{0}\(title ?? "")\u{0}\(text)".utf8))
        }
    }

    struct Query: Decodable {
        var id: String
        var text: String

        enum CodingKeys: String, CodingKey {
            case text
            case id = "_id"
        }
    }

    let corpusPath: String
    let documents: [Document]
    /// Those that are judged, in the order of the judgements.
    let queries: [Query]
    let judgements: RelevanceJudgements

    /// - Parameter judgements: instead of `qrels/test.tsv`, or of the only table in `qrels`.
    init(folder: String, judgements path: String?) throws {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        let judgements = try RelevanceJudgements(
            readingAt: try path ?? Self.judgementsPath(in: folder))
        self.judgements = judgements
        corpusPath = folder + "/corpus.jsonl"
        documents = try Self.read(
            corpusPath, as: Document.self, id: \.id, what: "a document",
            example: #"{"_id":"…","title":"…","text":"…"}"#)
        let queriesPath = folder + "/queries.jsonl"
        let asked = try Self.read(
            queriesPath, as: Query.self, id: \.id, what: "a query",
            example: #"{"_id":"…","text":"…"}"#)
        let byID = Dictionary(uniqueKeysWithValues: asked.map { ($0.id, $0) })
        queries = try judgements.queries.map { name in
            guard let query = byID[name] else {
                throw Failure(
                    .badData,
                    "\(judgements.path) judges the query \(name), which \(queriesPath) lacks.")
            }
            return query
        }
    }

    private static func read<Line: Decodable>(
        _ path: String, as type: Line.Type, id: (Line) -> String, what: String, example: String
    ) throws -> [Line] {
        var seen: [String: Int] = [:]
        let lines = try JSONLinesFile.read(path, as: type, what: what, example: example)
        for (number, line) in lines {
            if let first = seen.updateValue(number, forKey: id(line)) {
                throw Failure(
                    .badData,
                    "Line \(number) of \(path) is \(what) with the same _id as line \(first).")
            }
        }
        return lines.map(\.line)
    }

    private static func judgementsPath(in folder: String) throws -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/qrels")) ?? []
        let tables = names.filter { $0.hasSuffix(".tsv") }.sorted()
        if tables.contains("test.tsv") { return folder + "/qrels/test.tsv" }
        guard let only = tables.first, tables.count == 1 else {
            throw Failure(
                .noInput,
                "\(folder) has "
                    + (tables.isEmpty
                        ? "no judgements: qrels/test.tsv was looked for."
                        : "no qrels/test.tsv but \(tables.joined(separator: ", ")): choose one "
                            + "with --qrels FILE."))
        }
        return folder + "/qrels/" + only
    }
}
