internal import Corpus
internal import Evaluation
internal import Foundation

/// A test collection to be asked all its queries.
package struct CollectionEvaluationRequest: Sendable {
    /// Folder in BEIR's layout.
    package var folder: String
    /// Instead of `qrels/test.tsv`.
    package var judgements: String?
    /// As in `nDCG@10,AP`; nil for the usual ones.
    package var measures: String?
    /// How every query is searched; its text is put in.
    package var search: SearchRequest
    /// Folder of a library to keep for the next time; nil for one that is thrown away.
    package var library: String?
    /// A run in TREC's format: only the documents it names for a query are ranked.
    package var candidates: String?
    /// Ranks documents as precedents of a case: `bm25`, `tfidf` or `fused`; nil for the library's
    /// own search.
    package var caseRanking: String?
    /// Where to write the rankings in TREC's format.
    package var output: String?

    package init(folder: String, search: SearchRequest) {
        self.folder = folder
        self.search = search
    }
}

/// How well the search answers a test collection's queries, and how fast.
package struct CollectionReport: Encodable, Sendable {
    package var ranking: RankingReport
    package var documents: Int
    /// Documents that were embedded and stored now; the others were in the library.
    package var indexedDocuments: Int
    package var indexSeconds: Double
    package var searchSeconds: Double
    /// One sentence a channel that was asked for and could not run.
    package var missing: [String]

    enum CodingKeys: String, CodingKey {
        case documents, missing
        case indexedDocuments = "indexed_documents"
        case indexSeconds = "index_seconds"
        case searchSeconds = "search_seconds"
    }

    package func encode(to encoder: any Encoder) throws {
        try ranking.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(documents, forKey: .documents)
        try container.encode(indexedDocuments, forKey: .indexedDocuments)
        try container.encode((indexSeconds * 1000).rounded() / 1000, forKey: .indexSeconds)
        try container.encode((searchSeconds * 1000).rounded() / 1000, forKey: .searchSeconds)
        try container.encode(missing, forKey: .missing)
    }
}

extension Application {
    /// Puts a collection's documents into a library and searches it as a user's is searched.
    package func evaluate(
        _ request: CollectionEvaluationRequest, progress: (_ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws -> CollectionReport {
        try Failure.translating {
            let standard = request.candidates == nil ? nil : Self.candidateMeasures
            let measures = try RankingMeasure.chosen(request.measures ?? standard)
            let collection = try TestCollection(
                folder: request.folder, judgements: request.judgements)
            let candidates = try request.candidates.map {
                CandidateLists(try RankedRun(readingAt: $0))
            }
            if let method = request.caseRanking {
                return try rankAsCases(
                    collection, method: method, among: candidates, measures, request,
                    isCancelled: isCancelled)
            }
            var search = request.search
            // Documents have no pictures.
            search.weights[.frames] = nil
            guard search.weights.values.contains(where: { $0 > 0 }) else {
                throw Failure(
                    .badRequest,
                    "A collection of texts has no frames: search keywords, meaning or both.")
            }
            let scratch = FileManager.default.temporaryDirectory
                .appendingPathComponent("reel-eval-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: scratch) }

            var clock = ContinuousClock.now
            let path = request.library ?? scratch
            let summary = try CollectionLibrary(
                path: path, application: self, findsMeaning: search.weights[.meaning] ?? 0 > 0
            ).update(with: collection, progress: progress, isCancelled: isCancelled)
            let indexSeconds = clock.duration(to: .now) / .seconds(1)

            clock = .now
            let (writer, missing) = try rankings(
                of: collection, in: path, as: search, among: candidates,
                isCancelled: isCancelled)
            let searchSeconds = clock.duration(to: .now) / .seconds(1)
            if let output = request.output { try writer.write(to: output) }

            let run = try RankedRun(writer, path: request.output ?? "the search")
            let evaluation = try RankingEvaluation(
                of: run, against: collection.judgements, measures: measures,
                averaging: .judgedQueries)
            return CollectionReport(
                ranking: RankingReport(evaluation), documents: collection.documents.count,
                indexedDocuments: summary.indexed, indexSeconds: indexSeconds,
                searchSeconds: searchSeconds, missing: missing)
        }
    }

    /// As papers on case retrieval print them.
    private static let candidateMeasures = "nDCG@10,nDCG@20,nDCG@30,P@5,P@10,AP"

    private func rankings(
        of collection: TestCollection, in path: String, as search: SearchRequest,
        among candidates: CandidateLists?, isCancelled: () -> Bool
    ) throws -> (RunWriter, missing: [String]) {
        var configuration = configuration
        configuration.indexPath = path
        let session = try SearchSession(
            application: Application(configuration: configuration), for: search)
        let names = Dictionary(
            collection.documents.map { (AssetID(digest: $0.digest), $0.id) },
            uniquingKeysWith: { first, _ in first })
        var writer = try RunWriter(name: "reel")
        var missing: [String] = []
        for query in collection.queries {
            guard !isCancelled() else { throw CancellationError() }
            var request = search
            request.query = query.text
            request.isLiteral = true
            // The candidates may lie anywhere among all documents.
            if candidates != nil { request.top = max(request.top, collection.documents.count) }
            let answer = try session.search(request)
            missing = answer.missing
            let ranking = answer.hits.compactMap { hit in
                names[hit.asset.id].map { (document: $0, score: hit.score) }
            }
            try writer.add(
                query: query.id, ranking: candidates?.keeping(ranking, of: query.id) ?? ranking)
        }
        return (writer, missing)
    }
}
