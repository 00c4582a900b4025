/// A stream's time stamps as seconds that always run forwards.
///
/// Recordings joined from pieces start again at zero in the middle, and broken ones jump; what is
/// shown later must still have a later time.
struct TimeLine {
    /// A step back further than this is a new start of the clock, not a wrong order.
    private static let restartSeconds = 0.25

    /// Two frames never share a millisecond, so that a time names a frame.
    private static let smallestStepSeconds = 0.001

    private var offset = 0.0
    private(set) var lastSeconds: Double?
    /// End of the last frame, for frames without a time stamp.
    private var nextSeconds = 0.0

    /// - Parameters:
    ///   - stamp: seconds from the asset's start, nil when the file does not say it.
    ///   - duration: of this frame, seconds; 0 when unknown.
    mutating func place(stamp: Double?, duration: Double) -> Double {
        var time = stamp.map { $0 + offset } ?? nextSeconds
        if !time.isFinite { time = nextSeconds }
        if let lastSeconds, lastSeconds - time > Self.restartSeconds {
            offset += nextSeconds - time
            time = nextSeconds
        }
        time = max(lastSeconds.map { $0 + Self.smallestStepSeconds } ?? 0, time)
        lastSeconds = time
        nextSeconds = time + (duration.isFinite ? max(0, duration) : 0)
        return time
    }

    /// Frames up to this stamp exist but are not placed one by one.
    /// - Returns: the time of the last of them; nil when it is no later than what was placed.
    mutating func passOver(to stamp: Double, duration: Double) -> Double? {
        let time = stamp + offset
        guard time.isFinite, let lastSeconds, time > lastSeconds else { return nil }
        self.lastSeconds = time
        nextSeconds = time + (duration.isFinite ? max(0, duration) : 0)
        return time
    }
}
