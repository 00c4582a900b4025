internal import Evaluation
internal import Foundation
internal import LegalCases

extension Application {
    /// Ranks a collection's documents as the precedents of a case are ranked.
    func rankAsCases(
        _ collection: TestCollection, method name: String, among candidates: CandidateLists?,
        _ measures: [RankingMeasure], _ request: CollectionEvaluationRequest,
        isCancelled: () -> Bool
    ) throws -> CollectionReport {
        let (method, shares) = try caseRanking(name)
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-eval-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }

        var clock = ContinuousClock.now
        let ranking = try CandidateRanking(
            collection.documents.map(\.passage), folder: scratch.path)
        let indexSeconds = clock.duration(to: .now) / .seconds(1)
        clock = .now
        let numbers = Dictionary(
            collection.documents.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first })
        var writer = try RunWriter(name: "reel")
        for query in collection.queries {
            guard !isCancelled() else { throw CancellationError() }
            let wanted = try candidates.map { lists in
                try lists.documents(of: query.id).map { name in
                    guard let number = numbers[name] else {
                        throw Failure(
                            .badData,
                            "The run of candidates names the document \(name), which "
                                + "\(collection.corpusPath) lacks.")
                    }
                    return number
                }
            }
            try writer.add(
                query: query.id,
                ranking: ranking.ranking(of: query.text, among: wanted, by: method, shares: shares)
                    .map {
                        (document: collection.documents[$0.number].id, score: $0.score)
                    })
        }
        let searchSeconds = clock.duration(to: .now) / .seconds(1)
        if let output = request.output { try writer.write(to: output) }
        let evaluation = try RankingEvaluation(
            of: try RankedRun(writer, path: request.output ?? "the ranking"),
            against: collection.judgements, measures: measures, averaging: .judgedQueries)
        return CollectionReport(
            ranking: RankingReport(evaluation), documents: collection.documents.count,
            indexedDocuments: collection.documents.count, indexSeconds: indexSeconds,
            searchSeconds: searchSeconds, missing: [])
    }

    /// `bm25`, `tfidf`, `fused`, or `fused:0.9,0.1` with the shares of likeness and of elements.
    private func caseRanking(
        _ name: String
    ) throws -> (CandidateRanking.Method, PrecedentShares) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let method = CandidateRanking.Method(rawValue: String(parts[0])) else {
            let names = CandidateRanking.Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.badRequest, "Cases are not ranked by \(name): it is one of \(names).")
        }
        var shares = PrecedentShares()
        guard parts.count == 2 else { return (method, shares) }
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false)
            .map { Double($0) ?? -1 }
        guard method == .fused, numbers.count == 2, numbers.allSatisfy((0...1).contains) else {
            throw Failure(
                .badRequest,
                "Cases are not ranked by \(name): expected two shares from 0 to 1 after fused, "
                    + "such as fused:0.9,0.1.")
        }
        (shares.likeness, shares.elements) = (numbers[0], numbers[1])
        return (method, shares)
    }
}
