import CFFmpeg

/// Looks at a video now and then: the key picture at each of a few times, found by seeking.
///
/// What a first look over a large archive can afford: its cost is that of a handful of pictures,
/// however long the film is. Of shots it knows nothing; each picture stands for the time up to the
/// next.
final class BriefReader: FrameSource {
    /// Pictures of one film at most, and the least time between two, in seconds.
    private static let mostPictures = 32
    private static let leastGapSeconds = 10.0

    /// A film that is hardly longer than the gap is as quickly read as usual.
    static func isWorthwhile(_ media: MediaFile) -> Bool {
        media.durationSeconds >= 3 * leastGapSeconds
    }

    let stream: UnsafeMutablePointer<AVStream>
    private let media: MediaFile
    private let reader: ContainerReader
    private let decoder: StreamDecoder
    private let meter: FrameMeter
    private var clock: FrameClock
    private(set) var decodedFrameCount = 0

    init(media: MediaFile, streamIndex: Int) throws {
        self.media = media
        reader = try ContainerReader(file: media.file, limits: media.limits)
        stream = try reader.onlyStream(at: streamIndex)
        decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex)
        decoder.context.pointee.skip_frame = AVDISCARD_NONKEY
        meter = FrameMeter(fileName: media.file.name)
        clock = FrameClock(stream: stream, originSeconds: reader.originSeconds)
    }

    var frameCount: Int { decodedFrameCount }
    var endSeconds: Double { max(clock.endSeconds, media.durationSeconds) }

    func readFrames(_ body: (FrameSample) throws -> Void) throws {
        let gap = max(
            Self.leastGapSeconds, media.durationSeconds / Double(Self.mostPictures))
        var reached = -Double.infinity
        for step in 0..<Self.mostPictures {
            let wanted = Double(step) * gap
            guard wanted < media.durationSeconds, !reader.state.passIsOver else { break }
            // The last key picture was beyond the time wanted now: groups are longer than gaps.
            guard wanted > reached else { continue }
            guard let seconds = try picture(at: wanted, after: reached, body) else { break }
            reached = seconds
        }
    }

    /// Hands out the key picture at or before a time, or the next one after it.
    /// - Returns: its time; nil when there was none.
    private func picture(
        at wanted: Double, after reached: Double, _ body: (FrameSample) throws -> Void
    ) throws -> Double? {
        if decodedFrameCount > 0, !seek(to: wanted) { return nil }
        decoder.startAnew()
        var found: Double?
        func receive(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            guard found == nil else { return }
            let measured = try meter.measure(frame)
            let seconds = clock.place(measured)
            // A container that cannot seek well gives the same picture twice.
            guard seconds > reached else { return }
            found = seconds
            decodedFrameCount += 1
            try body(
                FrameSample(
                    frame: measured, timeSeconds: seconds, number: decodedFrameCount - 1,
                    link: decodedFrameCount == 1 ? .successive : .cut))
        }
        while found == nil, let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == decoder.streamIndex,
                packet.pointee.flags & AV_PKT_FLAG_KEY != 0
            else { continue }
            try decoder.decode(packet, receive)
            reader.state.note(decodingSeconds: decoder.spentSeconds)
            // One packet is enough: what the decoder holds back comes out now.
            if found == nil {
                try decoder.decode(nil, receive)
                decoder.startAnew()
            }
        }
        return found
    }

    private func seek(to seconds: Double) -> Bool {
        let ticks = (seconds + reader.originSeconds) / av_q2d(stream.pointee.time_base)
        guard ticks.isFinite, abs(ticks) < 0x1p62 else { return false }
        return reader.state.timed {
            av_seek_frame(
                reader.context, Int32(decoder.streamIndex), Int64(ticks), AVSEEK_FLAG_BACKWARD)
        } >= 0
    }

    private var end: StreamEnd { StreamEnd(media: media, reader: reader, stream: stream) }

    /// A brief look does not reach the end, so it says nothing about it.
    var damage: MediaDamage? {
        reader.state.timedOut || reader.state.passIsOver
            ? .stopped(atSeconds: clock.endSeconds) : nil
    }

    func nothingDecoded() -> MediaError { end.nothingDecoded() }
}
