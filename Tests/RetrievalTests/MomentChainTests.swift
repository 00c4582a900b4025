import Corpus
import Testing

@testable import Retrieval

@Suite struct MomentChainTests {
    private func moment(
        _ asset: Int64, _ start: Double, _ end: Double, score: Double = 1
    ) -> MomentMerger.Moment {
        MomentMerger.Moment(
            asset: AssetID(value: asset), span: TimeSpan(startSeconds: start, endSeconds: end),
            evidence: [:], score: score)
    }

    private func spans(_ chains: [MomentChain.Link]) -> [[Double]] {
        chains.map { [$0.span?.startSeconds ?? -1, $0.span?.endSeconds ?? -1] }
    }

    @Test func stepsFollowOneAnotherInOneAsset() {
        let chains = MomentChain().chains(of: [
            [[moment(1, 0, 4), moment(2, 10, 14), moment(3, 0, 4)]],
            [[moment(1, 5, 9), moment(2, 0, 4)]],
        ])
        #expect(chains.map(\.asset) == [AssetID(value: 1)])
        #expect(spans(chains) == [[0, 9]])
    }

    @Test(arguments: [(nil, 1), (2.0, 1), (0.5, 0)] as [(Double?, Int)])
    func thePauseBetweenStepsIsBounded(within: Double?, count: Int) {
        let chains = MomentChain(withinSeconds: within).chains(of: [
            [[moment(1, 0, 4)]], [[moment(1, 5, 9)]],
        ])
        #expect(chains.count == count)
    }

    @Test func furtherChainsOfAnAssetStandBehindTheBestOfOthers() {
        let first = (0..<5).map { moment(1, Double(10 * $0), Double(10 * $0 + 4), score: 1) }
        let second = (0..<5).map { moment(1, Double(10 * $0), Double(10 * $0 + 4), score: 0.5) }
        let chains = MomentChain().chains(of: [
            [first + [moment(2, 0, 4, score: 0.1)], second + [moment(2, 0, 4, score: 0.1)]]
        ])
        #expect(chains.map(\.asset.value) == [1, 1, 1, 2, 1, 1])
        #expect(spans(chains).map(\.[0]) == [0, 10, 20, 0, 30, 40])
    }

    @Test func aShotThatIsStillThereIsNotWhatComesNext() {
        let chains = MomentChain().chains(of: [[[moment(1, 0, 4)]], [[moment(1, 0, 4)]]])
        #expect(chains.isEmpty)
    }

    @Test func theBestWayToTheLastStepIsTaken() throws {
        let chains = MomentChain().chains(of: [
            [
                [
                    moment(1, 0, 2, score: 0.2), moment(1, 3, 5, score: 0.9),
                    moment(1, 8, 9, score: 1),
                ]
            ],
            [[moment(1, 6, 7, score: 0.5)]],
        ])
        let best = try #require(chains.first)
        #expect(best.moments.map(\.score) == [0.9, 0.5])
        #expect(abs(best.score - 0.7) < 1e-12)
    }

    @Test func threeStepsKeepTheirOrder() {
        let chains = MomentChain().chains(of: [
            [[moment(1, 0, 2)]], [[moment(1, 4, 6), moment(1, 20, 22)]], [[moment(1, 8, 10)]],
        ])
        #expect(spans(chains) == [[0, 10]])
    }

    @Test func partsOfAStepShareTime() {
        let chains = MomentChain().chains(of: [
            [[moment(1, 0, 4), moment(2, 0, 4)], [moment(1, 2, 8), moment(2, 5, 8)]]
        ])
        #expect(chains.map(\.asset) == [AssetID(value: 1)])
        #expect(spans(chains) == [[2, 4]])
    }

    @Test func whatSpeaksOfTheWholeAssetIsAtEveryTime() {
        var whole = moment(1, 0, 0)
        whole.span = nil
        let chains = MomentChain().chains(of: [[[whole], [moment(1, 2, 8)]]])
        #expect(spans(chains) == [[2, 8]])
    }

    @Test func aPartThatFoundNothingLeavesNothing() {
        #expect(MomentChain().chains(of: [[[moment(1, 0, 4)]], [[]]]).isEmpty)
        #expect(MomentChain().chains(of: [[[], [moment(1, 0, 4)]]]).isEmpty)
    }
}
