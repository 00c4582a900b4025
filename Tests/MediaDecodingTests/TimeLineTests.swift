import Testing

@testable import MediaDecoding

@Suite struct TimeLineTests {
    @Test(arguments: [
        ([0.0, 0.04, 0.08], [0.0, 0.04, 0.08]),
        // A little out of order, or stuck: a millisecond on, not back.
        ([0.0, 0.5, 0.3, 0.6], [0.0, 0.5, 0.501, 0.6]),
        ([0.0, 0.0, 0.0], [0.0, 0.001, 0.002]),
        // A new start of the clock goes on where the old one ended.
        ([0.0, 10.0, 0.0, 0.04], [0.0, 10.0, 10.04, 10.08]),
        ([-0.2, 0.1], [0.0, 0.1]),
        ([.nan, .infinity, 0.5], [0.0, 0.04, 0.5]),
    ])
    func timesAlwaysRunForwards(stamps: [Double], expected: [Double]) {
        var timeLine = TimeLine()
        let placed = stamps.map { timeLine.place(stamp: $0, duration: 0.04) }
        for (time, wanted) in zip(placed, expected) { #expect(abs(time - wanted) < 1e-9) }
    }

    @Test func framesWithoutTimeStampsFollowOneAnother() {
        var timeLine = TimeLine()
        let placed = (0..<3).map { _ in timeLine.place(stamp: nil, duration: 0.5) }
        #expect(placed == [0, 0.5, 1])
    }
}
