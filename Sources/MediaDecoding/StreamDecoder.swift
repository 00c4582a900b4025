import CFFmpeg

/// Turns the packets of one stream into frames; used by one thread at a time.
final class StreamDecoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    let streamIndex: Int
    /// Seconds spent inside libav so far.
    private(set) var spentSeconds = 0.0
    private let fileName: String
    /// Outlives the context, which takes from it.
    private let pictureMemory: PictureMemory
    private let frame: UnsafeMutablePointer<AVFrame>
    /// Packets the decoder refused and frames it marked as broken.
    private(set) var damagedCount = 0

    /// - Parameter threads: decoder threads; 1 keeps the work on the caller's thread.
    init(reader: ContainerReader, streamIndex: Int, threads: Int = 1) throws {
        let file = reader.file.name
        guard let stream = reader.stream(at: streamIndex), let parameters = stream.pointee.codecpar
        else { throw MediaError.noStreams(file: file, wanted: "stream \(streamIndex)") }
        guard let decoder = allowedDecoder(parameters.pointee.codec_id) else {
            throw MediaError.unsupportedCodec(
                file: file, codec: String(cString: avcodec_get_name(parameters.pointee.codec_id)))
        }
        guard let context = avcodec_alloc_context3(decoder), let frame = av_frame_alloc() else {
            throw MediaError.outOfMemory(file: file)
        }
        self.context = context
        self.frame = frame
        self.streamIndex = streamIndex
        fileName = file
        pictureMemory = reader.pictureMemory
        // From here on everything is initialised, so `deinit` cleans up when one of these throws.
        guard avcodec_parameters_to_context(context, parameters) >= 0 else {
            throw MediaError.damaged(file: file, detail: "its stream headers make no sense")
        }
        context.pointee.max_pixels = Int64(reader.limits.maximumPixels)
        context.pointee.pkt_timebase = stream.pointee.time_base
        context.pointee.thread_count = Int32(clamping: max(1, threads))
        context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
        pictureMemory.serve(context)
        var options = OptionDictionary([
            "codec_whitelist": AllowedFormats.decoders.joined(separator: ",")
        ])
        defer { options.free() }
        let opened = avcodec_open2(context, decoder, &options.pointer)
        guard opened >= 0 else {
            throw MediaError.damaged(
                file: file,
                detail: "its \(String(cString: decoder.pointee.name)) stream has no usable header")
        }
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Decodes one packet, or with nil what the decoder still holds back. The frame given to
    /// `body` is valid only inside it, unless `body` takes another reference.
    func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?,
        _ body: (UnsafeMutablePointer<AVFrame>) throws -> Void
    ) throws {
        // A decoder that is full wants its frames taken first, then the packet again.
        for _ in 0..<2 {
            let sent = timed { avcodec_send_packet(context, packet) }
            try takeFrames(body)
            if sent == reel_error_again.code { continue }
            if sent == reel_error_no_memory.code { throw MediaError.outOfMemory(file: fileName) }
            if sent < 0, sent != reel_error_end_of_file.code { damagedCount += 1 }
            return
        }
        damagedCount += 1
    }

    /// Forgets what was sent, so that decoding can begin again at another place, or after the end.
    func startAnew() { avcodec_flush_buffers(context) }

    private func timed(_ work: () -> Int32) -> Int32 {
        let start = monotonicSeconds()
        defer { spentSeconds += monotonicSeconds() - start }
        return work()
    }

    private func takeFrames(
        _ body: (UnsafeMutablePointer<AVFrame>) throws -> Void
    ) throws {
        while true {
            let received = timed { avcodec_receive_frame(context, frame) }
            if received == reel_error_again.code || received == reel_error_end_of_file.code {
                return
            }
            if received == reel_error_no_memory.code {
                throw MediaError.outOfMemory(file: fileName)
            }
            guard received >= 0 else {
                damagedCount += 1
                return
            }
            defer { av_frame_unref(frame) }
            let isBroken =
                frame.pointee.decode_error_flags != 0
                || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
            if isBroken { damagedCount += 1 }
            try body(frame)
        }
    }
}

/// The first decoder for this codec that is on the list.
func allowedDecoder(_ codec: AVCodecID) -> UnsafePointer<AVCodec>? {
    var iterator: UnsafeMutableRawPointer?
    while let candidate = av_codec_iterate(&iterator) {
        if candidate.pointee.id == codec, av_codec_is_decoder(candidate) != 0,
            AllowedFormats.decoders.contains(String(cString: candidate.pointee.name))
        {
            return candidate
        }
    }
    return nil
}
