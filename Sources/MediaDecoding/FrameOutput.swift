import CFFmpeg

/// Places the frames of successive groups on the time line, and says what lies between them.
struct FrameOutput {
    private var clock: FrameClock
    private var numbers = FrameNumbers()
    private(set) var decodedFrameCount = 0
    /// Between the last frame handed out and the next one.
    private var link = FrameSample.Link.successive

    init(clock: FrameClock) { self.clock = clock }

    var frameCount: Int { max(numbers.count, decodedFrameCount) }
    var endSeconds: Double { clock.endSeconds }

    /// The frames to come are of this group, or of the few before it.
    mutating func begin(_ group: PacketGroup) { numbers.begin(group) }

    /// No more frames of this group will come.
    mutating func end(_ group: PacketGroup) {
        guard let last = group.lastStamp else { return }
        clock.passOver(to: last, durationTicks: group.lastDuration)
    }

    /// What lies between the frames so far and those to come, where it has been found out.
    mutating func link(by end: GroupJudge.RestVerdict) {
        switch end {
        case .look: break
        case .quiet: link = .quiet
        case .endsInCut: link = .cut
        }
    }

    /// - Parameter staysStill: nothing moves behind the last of them.
    mutating func handOut(
        _ frames: [MeasuredFrame], staysStill: Bool = false,
        _ body: (FrameSample) throws -> Void
    ) throws {
        for index in frames.indices {
            decodedFrameCount += 1
            let sample = FrameSample(
                frame: frames[index], timeSeconds: clock.place(frames[index]),
                number: numbers.number(of: frames[index].stamp), link: link,
                staysStill: staysStill && index == frames.count - 1)
            link = .successive
            try body(sample)
        }
    }
}
