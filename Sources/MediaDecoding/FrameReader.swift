import CFFmpeg

/// Decodes one video stream from its first to its last frame, with times on the asset's time line.
final class FrameReader: FrameSource {
    let stream: UnsafeMutablePointer<AVStream>
    private let media: MediaFile
    private let reader: ContainerReader
    private let decoder: StreamDecoder
    private let meter: FrameMeter
    private var clock: FrameClock
    private(set) var frameCount = 0
    private var stoppedEarly = false

    init(media: MediaFile, streamIndex: Int, threads: Int) throws {
        self.media = media
        reader = try ContainerReader(file: media.file, limits: media.limits)
        stream = try reader.onlyStream(at: streamIndex)
        decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex, threads: threads)
        // Deblocking only the frames that others are predicted from saves time and leaves no trace.
        decoder.context.pointee.skip_loop_filter = AVDISCARD_NONREF
        meter = FrameMeter(fileName: media.file.name)
        clock = FrameClock(stream: stream, originSeconds: reader.originSeconds)
    }

    var decodedFrameCount: Int { frameCount }
    var endSeconds: Double { clock.endSeconds }

    func readFrames(_ body: (FrameSample) throws -> Void) throws {
        func receive(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            guard frameCount < media.limits.maximumFrames else {
                stoppedEarly = true
                return
            }
            let measured = try meter.measure(frame)
            let seconds = clock.place(measured)
            frameCount += 1
            try body(
                FrameSample(
                    frame: measured, timeSeconds: seconds, number: frameCount - 1,
                    link: .successive))
        }
        while !stoppedEarly, let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == decoder.streamIndex else { continue }
            try decoder.decode(packet, receive)
            reader.state.note(decodingSeconds: decoder.spentSeconds)
        }
        try decoder.decode(nil, receive)
    }

    private var end: StreamEnd { StreamEnd(media: media, reader: reader, stream: stream) }

    var damage: MediaDamage? {
        end.damage(
            endSeconds: endSeconds, stoppedEarly: stoppedEarly, damagedCount: decoder.damagedCount)
    }

    func nothingDecoded() -> MediaError { end.nothingDecoded() }
}
