import Corpus
import Embedders
import Synchronization
import TestSupport
import Testing

@testable import Retrieval

@Suite struct HitRerankerTests {
    /// Scores a passage by its length, and counts what it reads.
    private final class LengthReranker: PassageReranker {
        let modelFingerprint = "length"
        let blend: Double
        let scale = RerankScale.logOdds
        let read = Mutex<[String]>([])
        let delaySeconds: Double

        init(blend: Double = 0.5, delaySeconds: Double = 0) {
            self.blend = blend
            self.delaySeconds = delaySeconds
        }

        func scores(query: String, passages: [String]) throws -> [Float] {
            read.withLock { $0 += passages }
            let end = ContinuousClock.now + .seconds(delaySeconds)
            while ContinuousClock.now < end {}
            return passages.map { Float($0.count) }
        }
    }

    private func hits(_ scores: [Double]) -> [Hit] {
        scores.enumerated().map { index, score in
            let span = TimeSpan(startSeconds: Double(index), endSeconds: Double(index) + 1)
            return Hit(
                asset: Asset(
                    id: AssetID(value: Int64(index)), kind: .video, path: "\(index)",
                    durationSeconds: 9),
                moment: span,
                parts: [
                    HitPart(
                        query: "q", moment: span,
                        channels: [.keywords: ChannelEvidence(score: score, raw: 1, weight: 1)])
                ])
        }
    }

    private func reranker(_ model: LengthReranker, _ settings: RerankSettings = RerankSettings())
        -> HitReranker
    {
        HitReranker(reranker: model, cache: RerankCache(), settings: settings)
    }

    @Test func theScoreIsTheMixThatTheEvidenceShows() throws {
        let model = LengthReranker(blend: 0.75)
        let (reranked, readCount) = try reranker(model).rerank(
            hits([0.9, 0.5, 0.1]), texts: ["a", "aaa", "aaaaa"], query: "q")
        #expect(readCount == 3)
        #expect(reranked.map(\.asset.path) == ["2", "1", "0"])
        for hit in reranked {
            let evidence = try #require(hit.reranking)
            let expected = 0.25 * hit.fusedScore + 0.75 * evidence.score
            #expect(abs(hit.score - expected) < 1e-12)
            #expect((0.1...0.9).contains(evidence.score))
        }
    }

    @Test func whatHasNoWordsKeepsItsScore() throws {
        let (reranked, _) = try reranker(LengthReranker(blend: 1)).rerank(
            hits([0.9, 0.8, 0.7]), texts: ["a", nil, "aaa"], query: "q")
        #expect(reranked.map(\.asset.path) == ["2", "1", "0"])
        #expect(reranked[1].reranking == nil)
        #expect(reranked[1].score == 0.8)
    }

    @Test func onlyTheBestAreRead() throws {
        var settings = RerankSettings()
        settings.depth = 2
        let model = LengthReranker()
        let (reranked, readCount) = try reranker(model, settings).rerank(
            hits([0.9, 0.8, 0.7]), texts: ["a", "b", "cccc"], query: "q")
        #expect(readCount == 2)
        #expect(reranked.last?.asset.path == "2")
        #expect(model.read.withLock { $0 } == ["a", "b"])
    }

    @Test func readingStopsWhenTheTimeIsUpAndTheRestStaysAsItWas() throws {
        var settings = RerankSettings()
        settings.budgetSeconds = 0.001
        let model = LengthReranker(delaySeconds: 0.01)
        let scores = (0..<20).map { 1 - Double($0) / 20 }
        let (reranked, readCount) = try reranker(model, settings).rerank(
            hits(scores), texts: scores.indices.map { String(repeating: "a", count: $0 + 1) },
            query: "q")
        #expect(readCount == 5)
        #expect(reranked.count == 20)
        #expect(reranked.filter { $0.reranking != nil }.count == 5)
        #expect(reranked.suffix(15).map(\.asset.path) == (5..<20).map(String.init))
    }

    @Test func whatWasReadIsNotReadAgain() throws {
        let model = LengthReranker()
        let reranker = reranker(model)
        let first = try reranker.rerank(hits([0.9, 0.8]), texts: ["a", "bb"], query: "q").hits
        let second = try reranker.rerank(hits([0.9, 0.8]), texts: ["a", "bb"], query: "q").hits
        #expect(first == second)
        #expect(model.read.withLock { $0.count } == 2)
        _ = try reranker.rerank(hits([0.9, 0.8]), texts: ["a", "bb"], query: "other")
        #expect(model.read.withLock { $0.count } == 4)
    }

    @Test func aSingleReadableHitIsLeftInPlace() throws {
        let (reranked, readCount) = try reranker(LengthReranker()).rerank(
            hits([0.9, 0.8]), texts: [nil, "b"], query: "q")
        #expect(readCount == 0)
        #expect(reranked == hits([0.9, 0.8]))
    }
}
