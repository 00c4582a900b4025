import Corpus
import TestSupport
import Testing

@Suite struct HitTests {
    @Test func theReasonsOfAHitAddUpToItsScore() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<1000 {
            var channels: [Channel: ChannelEvidence] = [:]
            for channel in Channel.allCases where Bool.random(using: &random) {
                channels[channel] = ChannelEvidence(
                    score: .random(in: 0...1, using: &random), raw: 0,
                    weight: .random(in: 0...3, using: &random))
            }
            let weight = channels.values.reduce(0) { $0 + $1.weight }
            let sum = channels.values.reduce(0) { $0 + $1.weight * $1.score }
            let score = HitPart(
                query: "", moment: TimeSpan(startSeconds: 0, endSeconds: 1), channels: channels
            ).score
            #expect((0...1).contains(score))
            #expect(abs(score * weight - sum) < 1e-9)
        }
    }

    @Test func aHitOfSeveralPartsHasTheirMeanMixedWithTheReranking() throws {
        let span = TimeSpan(startSeconds: 0, endSeconds: 1)
        let parts = [0.2, 0.6].map { score in
            HitPart(
                query: "", moment: span,
                channels: [.meaning: ChannelEvidence(score: score, raw: 0, weight: 2)])
        }
        let asset = Asset(
            id: AssetID(value: 1), kind: .video, path: "a", durationSeconds: 1)
        var hit = Hit(asset: asset, moment: span, parts: parts)
        #expect(abs(hit.score - 0.4) < 1e-12)
        hit.reranking = RerankEvidence(score: 1, raw: 3, weight: 0.25)
        #expect(abs(hit.score - (0.75 * 0.4 + 0.25)) < 1e-12)
        #expect(hit.confidence == nil)
        hit.falseAlarmRate = 0.05
        #expect(hit.confidence == 0.95)
    }
}
