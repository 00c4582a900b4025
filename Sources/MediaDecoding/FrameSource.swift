import CFFmpeg

/// A decoded frame, and what may be said about the frames between it and the one before.
struct FrameSample {
    enum Link: Sendable, Equatable {
        /// The frame before it, or nearly: frames nothing refers to may have been left out.
        case successive
        /// Time has passed in which no shot began.
        case quiet
        /// Time has passed, and with this frame a shot begins.
        case cut
    }

    var frame: MeasuredFrame
    /// On the asset's time line.
    var timeSeconds: Double
    /// Position among the stream's frames, from 0.
    var number: Int
    var link: Link
    /// The next sample comes later than the next frame, and up to there nothing moves.
    var staysStill = false
}

/// Hands out frames of one video stream in order of time: all, or those that say something.
protocol FrameSource: AnyObject {
    var stream: UnsafeMutablePointer<AVStream> { get }
    /// Frames passed, decoded or not.
    var frameCount: Int { get }
    var decodedFrameCount: Int { get }
    /// End of the last frame, in seconds.
    var endSeconds: Double { get }
    /// What was wrong with the stream, known after `readFrames`.
    var damage: MediaDamage? { get }

    func readFrames(_ body: (FrameSample) throws -> Void) throws
    /// The error for a stream without a single frame.
    func nothingDecoded() -> MediaError
}

/// Times of a stream's frames on the asset's time line.
struct FrameClock {
    private let secondsPerTick: Double
    private let originSeconds: Double
    private let usualFrameSeconds: Double
    private var timeLine = TimeLine()
    /// End of the last frame, in seconds.
    private(set) var endSeconds = 0.0

    init(stream: UnsafeMutablePointer<AVStream>, originSeconds: Double) {
        secondsPerTick = av_q2d(stream.pointee.time_base)
        self.originSeconds = originSeconds
        let rate = stream.pointee.avg_frame_rate
        usualFrameSeconds = rate.num > 0 && rate.den > 0 ? 1 / av_q2d(rate) : 0
    }

    /// When a frame is shown.
    mutating func place(_ frame: MeasuredFrame) -> Double {
        let duration = seconds(ticks: frame.durationTicks)
        let time = timeLine.place(stamp: stamp(frame.stamp), duration: duration)
        endSeconds = time + duration
        return time
    }

    /// Frames up to this stamp were passed over without being decoded.
    mutating func passOver(to ticks: Int64, durationTicks: Int64) {
        guard let stamp = stamp(ticks) else { return }
        let duration = seconds(ticks: durationTicks)
        guard let time = timeLine.passOver(to: stamp, duration: duration) else { return }
        endSeconds = max(endSeconds, time + duration)
    }

    private func stamp(_ ticks: Int64) -> Double? {
        ticks == reel_no_timestamp ? nil : Double(ticks) * secondsPerTick - originSeconds
    }

    private func seconds(ticks: Int64) -> Double {
        let stated = Double(ticks) * secondsPerTick
        return stated > 0 ? stated : usualFrameSeconds
    }
}

/// What the readers of one stream know about its end and its damage.
struct StreamEnd {
    let media: MediaFile
    let reader: ContainerReader
    let stream: UnsafeMutablePointer<AVStream>

    func damage(endSeconds: Double, stoppedEarly: Bool, damagedCount: Int) -> MediaDamage? {
        if stoppedEarly || reader.state.passIsOver || reader.state.timedOut {
            return .stopped(atSeconds: endSeconds)
        }
        let reached = max(endSeconds, reader.lastPacketEndSeconds)
        if let stated = statedSeconds, stated - reached > max(1, stated / 50) {
            return .endsEarly(atSeconds: endSeconds, statedSeconds: stated)
        }
        let damaged = reader.damagedPacketCount + damagedCount
        return damaged > 0 ? .unreadableParts(count: damaged) : nil
    }

    /// How long the stream should be, if the container says so: the stream's own length, else the
    /// container's, which is that of its longest stream.
    private var statedSeconds: Double? {
        let own = stream.pointee.duration
        guard own != reel_no_timestamp, own > 0 else {
            return media.durationSeconds > 0 ? media.durationSeconds : nil
        }
        let seconds = Double(own) * av_q2d(stream.pointee.time_base)
        // A lie was already replaced by a measured length when the file was opened.
        return seconds <= media.durationSeconds * 1.1 + 1 ? seconds : media.durationSeconds
    }

    func nothingDecoded() -> MediaError {
        let name = media.file.name
        if reader.state.timedOut {
            return .timedOut(file: name, seconds: media.limits.stallSeconds)
        }
        if reader.state.passIsOver {
            return .timedOut(file: name, seconds: media.limits.passSeconds)
        }
        if let number = reader.state.readFailure {
            return .unreadable(file: name, reason: systemMessage(number))
        }
        return .damaged(file: name, detail: "not one picture could be decoded")
    }
}

func pixelFormatName(_ frame: UnsafePointer<AVFrame>) -> String {
    guard let name = av_get_pix_fmt_name(AVPixelFormat(rawValue: frame.pointee.format)) else {
        return "unknown pixels"
    }
    return "\(String(cString: name)) pixels"
}
