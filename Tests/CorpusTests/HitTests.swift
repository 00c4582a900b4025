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
            let score = Hit.fusedScore(of: channels)
            #expect((0...1).contains(score))
            #expect(abs(score * weight - sum) < 1e-9)
        }
    }
}
