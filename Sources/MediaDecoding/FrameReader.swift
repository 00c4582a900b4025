import CFFmpeg

/// Decodes one video stream from its first to its last frame, with times on the asset's time line.
final class FrameReader {
    let stream: UnsafeMutablePointer<AVStream>
    private let media: MediaFile
    private let reader: ContainerReader
    private let decoder: StreamDecoder
    private var timeLine = TimeLine()
    private(set) var frameCount = 0
    /// End of the last frame, in seconds.
    private(set) var endSeconds = 0.0
    private var stoppedEarly = false

    init(media: MediaFile, streamIndex: Int, threads: Int) throws {
        self.media = media
        reader = try ContainerReader(file: media.file, limits: media.limits)
        guard let stream = reader.stream(at: streamIndex) else {
            throw MediaError.noStreams(file: media.file.name, wanted: "stream \(streamIndex)")
        }
        self.stream = stream
        decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex, threads: threads)
        // Deblocking only the frames that others are predicted from saves time and leaves no trace.
        decoder.context.pointee.skip_loop_filter = AVDISCARD_NONREF
        // A container that states each stream's length can be asked for this stream alone.
        if stream.pointee.duration != reel_no_timestamp { reader.keepOnly(streams: [streamIndex]) }
    }

    /// Calls `body` with each frame, which it may keep by moving it away, and its time in seconds.
    func readFrames(
        _ body: (UnsafeMutablePointer<AVFrame>, _ seconds: Double) throws -> Void
    ) throws {
        let timeBase = av_q2d(stream.pointee.time_base)
        let origin = reader.originSeconds
        let frameSeconds = usualFrameSeconds
        func receive(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            guard frameCount < media.limits.maximumFrames else {
                stoppedEarly = true
                return
            }
            let stamp = frame.pointee.best_effort_timestamp
            let stated = Double(frame.pointee.pkt_duration) * timeBase
            let duration = stated > 0 ? stated : frameSeconds
            let seconds = timeLine.place(
                stamp: stamp == reel_no_timestamp ? nil : Double(stamp) * timeBase - origin,
                duration: duration)
            frameCount += 1
            endSeconds = seconds + duration
            try body(frame, seconds)
        }
        while !stoppedEarly, let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == decoder.streamIndex else { continue }
            try decoder.decode(packet, receive)
        }
        try decoder.decode(nil, receive)
    }

    private var usualFrameSeconds: Double {
        let rate = stream.pointee.avg_frame_rate
        return rate.num > 0 && rate.den > 0 ? 1 / av_q2d(rate) : 0
    }

    /// What was wrong with the stream, known after `readFrames`.
    var damage: MediaDamage? {
        if stoppedEarly || reader.state.passIsOver { return .stopped(atSeconds: endSeconds) }
        if reader.state.timedOut { return .stopped(atSeconds: endSeconds) }
        if let stated = statedSeconds, stated - endReached > max(1, stated / 50) {
            return .endsEarly(atSeconds: endSeconds, statedSeconds: stated)
        }
        let damaged = reader.damagedPacketCount + decoder.damagedCount
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

    private var endReached: Double { max(endSeconds, reader.lastPacketEndSeconds) }

    /// The error for a stream without a single frame.
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
