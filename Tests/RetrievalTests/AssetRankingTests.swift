import Corpus
import Testing

@testable import Retrieval

@Suite struct AssetRankingTests {
    private func hit(_ asset: Int64, _ score: Double) -> Hit {
        let span = TimeSpan(startSeconds: 0, endSeconds: 1)
        return Hit(
            asset: Asset(
                id: AssetID(value: asset), kind: .video, path: "\(asset)", durationSeconds: 1),
            moment: span,
            parts: [
                HitPart(
                    query: "", moment: span,
                    channels: [.frames: ChannelEvidence(score: score, raw: 0, weight: 2)])
            ])
    }

    @Test func furtherMomentsAddALittle() {
        let assets = AssetRanking.assets(of: [hit(1, 0.8), hit(2, 0.79), hit(2, 0.7)])
        #expect(assets.map(\.asset.path) == ["2", "1"])
        #expect(abs(assets[0].score - (0.79 + 0.05 * 0.7)) < 1e-12)
        #expect(assets[0].hits == [1, 2])
        #expect(assets[1].bonus == 0)
    }

    @Test func theBonusIsBounded() {
        let hits = [hit(1, 1)] + (0..<50).map { _ in hit(2, 0.85) }
        let assets = AssetRanking.assets(of: hits)
        #expect(assets.map(\.asset.path) == ["1", "2"])
        #expect(assets[1].bonus == AssetRanking.mostBonus)
    }
}
