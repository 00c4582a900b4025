import CFFmpeg

/// Decodes sound to what speech recognition wants: one channel, 16 000 samples a second, −1…1.
package struct AudioReader: Sendable {
    package static let sampleRate = 16_000  // Hz
    /// Samples of a full piece: one second.
    private static let pieceLength = sampleRate
    /// Time stamps further off than this from the samples before them are a gap, in seconds.
    private static let toleranceSeconds = 0.1

    package init() {}

    /// Hands out the sound in order, in pieces of at most a second.
    ///
    /// Pieces follow one another without a seam unless the file has a gap: then the piece before is
    /// cut short and the next one starts at its true time.
    /// - Parameters:
    ///   - stream: position of the stream in the container; nil for the main one.
    ///   - body: gets the samples, valid only inside it, and the time of the first one in seconds
    ///     on the asset's time line.
    /// - Returns: nil when the sound was read whole and undamaged.
    @discardableResult
    package func samples(
        of media: MediaFile, stream: Int? = nil,
        _ body: (_ samples: UnsafeBufferPointer<Float>, _ startSeconds: Double) throws -> Void
    ) throws -> MediaDamage? {
        guard let index = stream ?? media.mainAudioStream,
            media.audioStreams.contains(where: { $0.index == index })
        else { throw MediaError.noStreams(file: media.file.name, wanted: "sound") }
        let reader = try ContainerReader(file: media.file, limits: media.limits)
        let decoder = try StreamDecoder(reader: reader, streamIndex: index)
        guard let source = reader.stream(at: index) else {
            throw MediaError.noStreams(file: media.file.name, wanted: "sound")
        }
        reader.keepOnly(streams: [index])
        let pieces = SoundPieces(fileName: media.file.name, length: Self.pieceLength)
        var timeLine = TimeLine()
        var frameCount = 0
        /// End of the sound so far; nil before the first sample.
        var expected: Double?
        let timeBase = av_q2d(source.pointee.time_base)
        let origin = reader.originSeconds

        func receive(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            let rate = frame.pointee.sample_rate
            guard rate > 0, frame.pointee.nb_samples > 0 else { return }
            frameCount += 1
            let stamp = frame.pointee.best_effort_timestamp
            let duration = Double(frame.pointee.nb_samples) / Double(rate)
            let seconds = timeLine.place(
                stamp: stamp == reel_no_timestamp ? nil : Double(stamp) * timeBase - origin,
                duration: duration)
            if let end = expected, abs(seconds - end) <= Self.toleranceSeconds {
                expected = end + duration
            } else {
                try pieces.restart(atSeconds: seconds, body)
                expected = seconds + duration
            }
            try pieces.append(frame, body)
        }
        while let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == index else { continue }
            try decoder.decode(packet, receive)
        }
        try decoder.decode(nil, receive)
        try pieces.finish(body)
        if reader.state.timedOut || reader.state.passIsOver {
            guard frameCount > 0 else {
                throw MediaError.timedOut(
                    file: media.file.name, seconds: media.limits.stallSeconds)
            }
            return .stopped(atSeconds: expected ?? 0)
        }
        guard frameCount > 0 else {
            throw MediaError.damaged(file: media.file.name, detail: "no sound could be decoded")
        }
        if source.pointee.duration != reel_no_timestamp, let end = expected {
            let stated = min(
                Double(source.pointee.duration) * timeBase, media.durationSeconds)
            if stated - end > max(1, stated / 50) {
                return .endsEarly(atSeconds: end, statedSeconds: stated)
            }
        }
        let damaged = reader.damagedPacketCount + decoder.damagedCount
        return damaged > 0 ? .unreadableParts(count: damaged) : nil
    }
}

/// Resamples frames of any shape and cuts the result into pieces.
private final class SoundPieces {
    typealias Body = (UnsafeBufferPointer<Float>, Double) throws -> Void

    private let fileName: String
    private let length: Int
    private var resampler: OpaquePointer?
    private var sourceFormat: (sample: Int32, rate: Int32, channels: Int32)?
    /// Samples not yet handed out, `filled` of them.
    private var buffer: [Float]
    private var filled = 0
    /// Time of the first sample since the last restart, and samples handed out since then.
    private var startSeconds = 0.0
    private var sentCount = 0

    init(fileName: String, length: Int) {
        self.fileName = fileName
        self.length = length
        buffer = [Float](repeating: 0, count: length)
    }

    deinit { swr_free(&resampler) }

    /// Hands out what there is and begins anew at another time.
    func restart(atSeconds seconds: Double, _ body: Body) throws {
        try finish(body)
        startSeconds = seconds
        sentCount = 0
    }

    /// Hands out what is left, with what the resampler still holds back.
    func finish(_ body: Body) throws {
        if resampler != nil {
            try convert(nil, count: 0, body)
            swr_free(&resampler)
        }
        sourceFormat = nil
        try send(whole: true, body)
    }

    func append(_ frame: UnsafeMutablePointer<AVFrame>, _ body: Body) throws {
        let format = (
            sample: frame.pointee.format, rate: frame.pointee.sample_rate,
            channels: frame.pointee.ch_layout.nb_channels
        )
        if resampler == nil || sourceFormat.map({ $0 != format }) ?? true {
            if resampler != nil { try convert(nil, count: 0, body) }
            try prepare(for: frame)
            sourceFormat = format
        }
        // `extended_data` holds one plane a channel, however many channels there are.
        let planes = UnsafeMutableRawPointer(frame.pointee.extended_data)?
            .assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
        try convert(planes, count: frame.pointee.nb_samples, body)
    }

    private func prepare(for frame: UnsafeMutablePointer<AVFrame>) throws {
        swr_free(&resampler)
        var mono = reel_mono_layout()
        var source = AVChannelLayout()
        defer { av_channel_layout_uninit(&source) }
        if frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&source, frame.pointee.ch_layout.nb_channels)
        } else {
            av_channel_layout_copy(&source, &frame.pointee.ch_layout)
        }
        var result = swr_alloc_set_opts2(
            &resampler, &mono, AV_SAMPLE_FMT_FLT, Int32(AudioReader.sampleRate), &source,
            AVSampleFormat(rawValue: frame.pointee.format), frame.pointee.sample_rate, 0, nil)
        if result >= 0 { result = swr_init(resampler) }
        guard result >= 0 else {
            swr_free(&resampler)
            throw MediaError.unsupportedCodec(
                file: fileName,
                codec: "sound of \(frame.pointee.ch_layout.nb_channels) channels at "
                    + "\(frame.pointee.sample_rate) Hz")
        }
    }

    /// Feeds the resampler, or with nil drains it, and hands out each full piece.
    private func convert(
        _ planes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int32, _ body: Body
    ) throws {
        let room = swr_get_out_samples(resampler, count)
        guard room > 0 else { return }
        if buffer.count < filled + Int(room) {
            buffer.append(contentsOf: repeatElement(0, count: filled + Int(room) - buffer.count))
        }
        let got = buffer.withUnsafeMutableBytes { bytes -> Int32 in
            var target = bytes.baseAddress.map {
                ($0 + filled * MemoryLayout<Float>.stride).assumingMemoryBound(to: UInt8.self)
            }
            return swr_convert(resampler, &target, room, planes, count)
        }
        guard got >= 0 else {
            throw MediaError.libraryFailure(
                file: fileName, operation: "resample the sound", reason: libraryMessage(got))
        }
        // Floating-point files may hold infinities and NaNs, which would spoil every sum later.
        for index in filled..<(filled + Int(got)) where !buffer[index].isFinite {
            buffer[index] = 0
        }
        filled += Int(got)
        try send(whole: false, body)
    }

    /// Hands out full pieces, and with `whole` also the rest.
    private func send(whole: Bool, _ body: Body) throws {
        var sent = 0
        while filled - sent >= (whole ? 1 : length) {
            let count = min(length, filled - sent)
            let time = startSeconds + Double(sentCount) / Double(AudioReader.sampleRate)
            try buffer.withUnsafeBufferPointer { samples in
                try body(.init(rebasing: samples[sent..<(sent + count)]), time)
            }
            sent += count
            sentCount += count
        }
        guard sent > 0 else { return }
        buffer.replaceSubrange(0..<(filled - sent), with: Array(buffer[sent..<filled]))
        filled -= sent
    }
}
