import Corpus
import TestSupport
import Testing

@testable import Retrieval

@Suite struct MomentMergerTests {
    private let merger = MomentMerger(weights: [.keywords: 1, .frames: 1, .meaning: 1])

    private func finding(
        _ asset: Int64, _ start: Double?, _ end: Double = 0, score: Double, ordinal: Int = 0
    ) -> Finding {
        Finding(
            asset: AssetID(value: asset), ordinal: ordinal,
            span: start.map { TimeSpan(startSeconds: $0, endSeconds: end) }, raw: score,
            rankedBy: score, statistic: score, score: score)
    }

    private func moments(
        _ merger: MomentMerger? = nil, from findings: [Channel: [Finding]]
    ) -> [MomentMerger.Moment] {
        (merger ?? self.merger).moments(from: findings.mapValues { ChannelFindings(findings: $0) })
    }

    @Test func whatIsAbsentCountsAsTheChannelSays() {
        let found: [Channel: ChannelFindings] = [
            .frames: ChannelFindings(findings: [finding(1, 0, 4, score: 2)]),
            .meaning: ChannelFindings(findings: [finding(2, 0, 4, score: 1)], absent: -1.5),
        ]
        let moments = MomentMerger(weights: [.frames: 1, .meaning: 3]).moments(from: found)
        #expect(moments.map(\.score) == [0.75, (2 - 4.5) / 4])
    }

    @Test func whatIsSeenAndSaidAtTheSameTimeBeatsEitherAlone() throws {
        let moments = moments(from: [
            .frames: [
                finding(1, 0, 4, score: 0.9), finding(2, 0, 4, score: 1),
                finding(1, 4, 9, score: 0.2, ordinal: 1),
            ],
            .meaning: [finding(1, 1, 3, score: 0.8), finding(3, 0, 5, score: 1)],
        ])
        let best = try #require(moments.first)
        #expect(best.asset == AssetID(value: 1))
        #expect(best.span == TimeSpan(startSeconds: 1, endSeconds: 3))
        #expect(abs(best.score - (0.9 + 0.8) / 3) < 1e-12)
    }

    @Test func spansThatOnlyTouchAreNotTheSameMoment() {
        let moments = moments(from: [
            .frames: [finding(1, 0, 4, score: 1)], .meaning: [finding(1, 4, 8, score: 1)],
        ])
        #expect(moments.count == 2)
        #expect(moments.allSatisfy { $0.evidence.count == 1 })
    }

    @Test func aTitleSpeaksForEveryMomentOfItsAsset() {
        let moments = moments(from: [
            .keywords: [finding(1, nil, score: 1)],
            .frames: [finding(1, 0, 4, score: 0.5), finding(1, 4, 8, score: 0.6, ordinal: 1)],
        ])
        #expect(moments.map { $0.span?.startSeconds } == [4, 0])
        #expect(moments.allSatisfy { $0.evidence[.keywords]?.score == 1 })
    }

    @Test func anAssetFoundByItsTitleAloneIsAMomentWithoutASpan() {
        let moments = moments(from: [.keywords: [finding(1, nil, score: 1)]])
        #expect(moments.map(\.span) == [nil])
    }

    @Test func aWeakFindingDoesNotNarrowAMoment() {
        let moments = moments(from: [
            .frames: [finding(1, 0, 10, score: 1)], .meaning: [finding(1, 2, 3, score: 0.1)],
        ])
        #expect(moments.first?.span == TimeSpan(startSeconds: 0, endSeconds: 10))
    }

    @Test func onlyAFewMomentsOfOneAssetAreKept() {
        let frames = (0..<50).map {
            finding(1, Double($0), Double($0) + 1, score: 1 - Double($0) / 100, ordinal: $0)
        }
        let moments = moments(from: [.frames: frames])
        #expect(moments.count == merger.momentsPerAsset)
        #expect(moments.map { $0.span?.startSeconds } == [0, 1, 2])
    }

    @Test func furtherMomentsOfAnAssetStandBehindTheBestOfAllOthers() {
        let frames =
            (0..<5).map {
                finding(1, Double($0), Double($0) + 1, score: 1 - Double($0) / 10, ordinal: $0)
            } + [
                finding(2, 0, 1, score: 0.85, ordinal: 0), finding(2, 2, 3, score: 0.2, ordinal: 1),
                finding(3, 0, 1, score: 0.1, ordinal: 0),
            ]
        let moments = Array(merger.allMoments(from: [.frames: ChannelFindings(findings: frames)]))
        #expect(moments.map(\.asset.value) == [1, 1, 2, 1, 2, 3, 1, 1])
        #expect(moments.map { $0.span?.startSeconds } == [0, 1, 0, 2, 2, 0, 3, 4])
    }

    @Test func anAssetThatAloneIsFoundShowsAllItsMoments() {
        let frames = (0..<50).map {
            finding(1, Double($0), Double($0) + 1, score: 1 - Double($0) / 100, ordinal: $0)
        }
        let moments = merger.allMoments(from: [.frames: ChannelFindings(findings: frames)])
        #expect(moments.map { $0.span?.startSeconds } == (0..<50).map(Double.init))
    }

    @Test func aPictureIsAnInstantThatItsFramesShare() {
        let moments = moments(from: [
            .frames: [finding(1, 0, 0, score: 1)], .keywords: [finding(1, nil, score: 0.5)],
        ])
        #expect(moments.first?.evidence.count == 2)
    }

    @Test func theScoreOfEveryMomentIsTheWeightedMeanOfItsEvidence() {
        var random = SeededRandom(seed: 9)
        let weights: [Channel: Double] = [.keywords: 0.5, .frames: 2, .meaning: 1]
        for _ in 0..<200 {
            var findings: [Channel: [Finding]] = [:]
            for channel in Channel.allCases {
                findings[channel] = (0..<Int.random(in: 0..<12, using: &random)).map { ordinal in
                    let start = Double.random(in: 0...20, using: &random)
                    return finding(
                        Int64.random(in: 1...4, using: &random),
                        Bool.random(using: &random) ? start : nil, start + 2,
                        score: .random(in: 0...1, using: &random), ordinal: ordinal)
                }
            }
            for moment in moments(MomentMerger(weights: weights), from: findings) {
                let sum = moment.evidence.reduce(0) {
                    $0 + $1.value.score * weights[$1.key, default: 0]
                }
                #expect(abs(moment.score - sum / 3.5) < 1e-9)
            }
        }
    }
}
