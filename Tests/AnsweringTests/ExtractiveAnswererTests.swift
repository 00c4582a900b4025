import Corpus
import Embedders
import Testing

@testable import Answering

/// A cross-encoder that knows the texts it is asked about.
struct KnownScores: PassageReranker {
    let modelFingerprint = "known"
    let blend = 0.5
    let scale = RerankScale.logOdds
    let logOdds: [String: Float]

    func scores(query: String, passages: [String]) throws -> [Float] {
        passages.map { logOdds[$0] ?? -9 }
    }
}

func evidence(_ id: Int, _ text: String, asset: Int64 = 1) -> Evidence {
    Evidence(
        id: id,
        asset: Asset(
            id: AssetID(value: asset), kind: .video, path: "/v/\(asset).mp4", durationSeconds: 60),
        span: TimeSpan(startSeconds: Double(id), endSeconds: Double(id) + 1), text: text,
        source: text.isEmpty ? nil : .subtitle, score: 1)
}

@Suite struct ExtractiveAnswererTests {
    private func answerer(_ logOdds: [String: Float]) throws -> ExtractiveAnswerer {
        ExtractiveAnswerer(
            judge: try #require(
                SentenceJudge(reranker: KnownScores(logOdds: logOdds), embedder: nil)))
    }

    @Test func theSentencesThatAnswerBestAreCited() throws {
        let result = try answerer(["It bakes.": 1, "It takes an hour.": 4, "Or two.": 3]).answer(
            "How long?",
            from: [evidence(1, "It bakes. Hello."), evidence(2, "It takes an hour. Or two.")])
        let sentences = try #require(result.answer?.sentences)
        #expect(sentences.map(\.text) == ["It takes an hour.", "Or two."])
        #expect(sentences.map(\.citations) == [[2], [2]])
        #expect(abs(sentences[0].score - 0.982) < 0.001)
        #expect(result.answer?.text == "It takes an hour. [2] Or two. [2]")
        #expect(
            result.candidates.map(\.text)
                == ["It takes an hour.", "Or two.", "It bakes.", "Hello."])
    }

    @Test func withoutASentenceThatAnswersNothingIsFound() throws {
        let result = try answerer(["Maybe.": -0.1]).answer(
            "Why?", from: [evidence(1, "Maybe. No.")])
        #expect(result.answer == nil)
        #expect(result.candidates.first?.text == "Maybe.")
        #expect(try answerer([:]).answer("Why?", from: []).answer == nil)
    }

    @Test(arguments: [(0.2, 0.95, true), (0.21, 0.95, false), (0.2, 0.94, false)])
    func aPictureAnswersWhenFewUnrelatedQueriesFindOneLikeIt(
        rate: Double, confidence: Double, isFound: Bool
    ) throws {
        var seen = evidence(2, "")
        seen.tags = ["snow"]
        seen.pictureFalseAlarmRate = rate
        seen.confidence = confidence
        let answer = try answerer([:]).answer("Penguins?", from: [evidence(1, "No."), seen]).answer
        #expect((answer != nil) == isFound)
        if let answer { #expect(answer.text == "It is seen here (snow). [2]") }
    }

    @Test func thereIsNoJudgeWithoutAModel() {
        #expect(SentenceJudge(reranker: nil, embedder: nil) == nil)
    }
}
