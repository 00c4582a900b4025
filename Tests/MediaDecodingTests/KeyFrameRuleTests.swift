import Testing

@testable import MediaDecoding

@Suite struct KeyFrameRuleTests {
    /// Feeds differences at 10 frames a second; the change is the sum since the last key frame.
    private func taken(_ differences: [Double], settings: KeyFrameSettings = .init()) -> [Int] {
        var rule = KeyFrameRule(settings: settings)
        var change = 0.0
        var frames: [Int] = []
        func follow(_ decision: KeyFrameRule.Decision, at frame: Int) {
            switch decision {
            case .pass: return
            case .take: frames.append(frame)
            case .takePrevious: frames.append(frame - 1)
            }
            change = 0
            rule.keyFrameTaken(atSeconds: Double(frames[frames.count - 1]) / 10)
        }
        for (frame, difference) in differences.enumerated() {
            change += difference
            follow(
                rule.decide(
                    .init(
                        timeSeconds: Double(frame) / 10, difference: difference, change: change)),
                at: frame)
        }
        follow(rule.finish(), at: differences.count)
        return frames
    }

    @Test func theFirstFrameIsAlwaysTaken() {
        #expect(taken([0]) == [0])
        #expect(taken([Double](repeating: 0, count: 50)) == [0])
    }

    @Test func aCutIsTakenWhenThePictureStands() {
        // Cut at 20, still moving at 21, standing at 22.
        var differences = [Double](repeating: 1, count: 40)
        differences[20] = 60
        differences[21] = 9
        #expect(taken(differences) == [0, 22])
    }

    @Test func theLastShotIsTakenEvenWhenItNeverStands() {
        var differences = [Double](repeating: 1, count: 22)
        differences[20] = 60
        differences[21] = 9
        #expect(taken(differences) == [0, 21])
    }

    @Test func aFlashIsNoShot() {
        // One white frame: there and back. The picture after it is taken once, as new.
        var differences = [Double](repeating: 0, count: 40)
        differences[20] = 100
        differences[21] = 100
        #expect(taken(differences) == [0, 22])
    }

    @Test func restlessPicturesAreNotCutAtEveryFrame() {
        let differences = [0] + [Double](repeating: 20, count: 99)
        let frames = taken(differences)
        // Only as often as drift allows: each 2.5 s, after the first outlier.
        #expect(frames.count <= 6)
        #expect(frames.count >= 4)
    }

    @Test func slowChangeIsMeasuredAgainstTheLastKeyFrame() {
        // 1 a frame: 28 is reached after 2.8 s, though no frame differs much from its neighbour.
        let frames = taken([Double](repeating: 1, count: 90))
        #expect(frames == [0, 28, 56, 84])
    }

    @Test func aGapIsFilledWhenThePictureChangedAtAll() {
        let frames = taken([Double](repeating: 0.05, count: 210))
        #expect(frames == [0, 100, 200])
    }

    @Test func aStillPictureIsTakenOnceAMinute() {
        #expect(taken([Double](repeating: 0, count: 1_300)) == [0, 600, 1_200])
    }
}
