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
        #expect(minute.drain().map(\.keyFrame.timeSeconds) == [0, 3, 5])
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
        #expect(minute.drain().map(\.keyFrame.timeSeconds) == [0, 9, 18, 20])
    }

    @Test func aNewMinuteSendsTheOldOne() {
        var minute = KeyFrameMinute(settings: .init())
        minute.add(candidate(1, difference: 0, grey: 0))
        #expect(minute.begin(atSeconds: 59).isEmpty)
        #expect(minute.begin(atSeconds: 61).count == 1)
        #expect(minute.begin(atSeconds: 62).isEmpty)
    }

    @Test func neighboursThatLookTheSameAreSentOnce() {
        var minute = KeyFrameMinute(settings: .init())
        for (time, grey) in [(0.0, UInt8(100)), (5, 101), (10, 160), (15, 161)] {
            minute.add(candidate(time, difference: 20, grey: grey))
        }
        #expect(minute.drain().map(\.keyFrame.timeSeconds) == [0, 10])
    }
}
