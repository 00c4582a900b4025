import Corpus
import Testing

@testable import MediaDecoding

@Suite struct KeyFrameMinuteTests {
    private func candidate(
        _ seconds: Double, difference: Double, grey: UInt8
    ) -> KeyFrameMinute.Candidate {
        .init(
            keyFrame: KeyFrame(
                timeSeconds: seconds, frame: Int(seconds * 25), difference: difference),
            picture: Picture(width: 1, height: 1, pixels: [grey, grey, grey]),
            plane: GreyPlane(grey: grey))
    }

    @Test func theSmallestDifferencesGoFirst() {
        var settings = KeyFrameSettings()
        settings.maximumPerMinute = 3
        settings.maximumGapSeconds = 60
        var minute = KeyFrameMinute(settings: settings)
        let differences = [0.0, 40, 15, 60, 20, 50]
        for (index, difference) in differences.enumerated() {
            minute.add(candidate(Double(index), difference: difference, grey: UInt8(index * 40)))
        }
        #expect(minute.finish().map(\.keyFrame.timeSeconds) == [0, 3, 5])
    }

    @Test func noGapIsTornWhereAnotherCanGo() {
        var settings = KeyFrameSettings()
        settings.maximumPerMinute = 4
        var minute = KeyFrameMinute(settings: settings)
        // The one at 9 s bridges 0 and 18 s, though its difference is the smallest.
        let times = [0.0, 9, 18, 19, 20]
        let differences = [0.0, 1, 30, 25, 40]
        for (index, time) in times.enumerated() {
            minute.add(candidate(time, difference: differences[index], grey: UInt8(index * 40)))
        }
        #expect(minute.finish().map(\.keyFrame.timeSeconds) == [0, 9, 18, 20])
    }

    @Test func aNewMinuteSendsTheOldOne() {
        var minute = KeyFrameMinute(settings: .init())
        minute.add(candidate(1, difference: 0, grey: 0))
        #expect(minute.begin(atSeconds: 59).isEmpty)
        minute.add(candidate(30, difference: 0, grey: 90))
        // The last one waits: it may have to stand for more.
        #expect(minute.begin(atSeconds: 61).map(\.keyFrame.timeSeconds) == [1])
        #expect(minute.begin(atSeconds: 62).isEmpty)
        #expect(minute.finish().map(\.keyFrame.timeSeconds) == [30])
    }

    @Test func neighboursThatLookTheSameAreSentOnce() {
        var minute = KeyFrameMinute(settings: .init())
        for (time, grey) in [(0.0, UInt8(100)), (5, 101), (10, 160), (15, 161)] {
            minute.add(candidate(time, difference: 20, grey: grey))
        }
        #expect(minute.finish().map(\.keyFrame.timeSeconds) == [0, 10])
    }

    @Test(arguments: [2, 3, 20])
    func spansOfTheFramesThatGoAreCoveredByThoseThatStay(maximum: Int) {
        var settings = KeyFrameSettings()
        settings.maximumPerMinute = maximum
        var minute = KeyFrameMinute(settings: settings)
        var sent: [KeyFrameMinute.Candidate] = []
        for index in 0..<12 {
            // Every third one shows what the one before it shows.
            var one = candidate(
                Double(index) * 10 + 5, difference: Double(index % 5),
                grey: UInt8((index - (index % 3 == 2 ? 1 : 0)) * 20))
            one.keyFrame.shot = TimeSpan(
                startSeconds: Double(index) * 10, endSeconds: Double(index) * 10 + 10)
            sent += minute.begin(atSeconds: one.keyFrame.timeSeconds)
            minute.add(one)
        }
        sent += minute.finish()
        let spans = sent.compactMap(\.keyFrame.shot)
        #expect(spans.count == sent.count && sent.count < 12)
        #expect(spans.first?.startSeconds == 0)
        #expect(spans.last?.endSeconds == 120)
        for (span, next) in zip(spans, spans.dropFirst()) {
            #expect(span.endSeconds == next.startSeconds)
        }
    }

    @Test func theSamePictureInAnotherLightIsSentOnce() {
        var minute = KeyFrameMinute(settings: .init())
        for (time, light) in [(0.0, 0), (10, 6), (20, 60)] {
            var one = candidate(time, difference: 20, grey: 0)
            one.plane = GreyPlane(
                pixels: (0..<(GreyPlane.width * GreyPlane.height)).map {
                    UInt8(40 + light + 70 * (($0 / 23 + $0 / GreyPlane.width / 9) % 3) / 2)
                })
            minute.add(one)
        }
        #expect(minute.finish().map(\.keyFrame.timeSeconds) == [0, 20])
    }
}
