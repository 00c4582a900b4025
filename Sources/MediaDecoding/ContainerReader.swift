import CFFmpeg

/// One pass over a container: hands out its packets in file order.
///
/// libav never opens a file of its own: it reads through `ReadState`, so names such as `http:x.mp4`
/// or `img%03d.jpg` mean nothing to it, and a container's references to other files are refused.
final class ContainerReader {
    let file: RegularFile
    let limits: DecodingLimits
    let state: ReadState
    let context: UnsafeMutablePointer<AVFormatContext>
    /// Of all decoders of this pass.
    let pictureMemory = PictureMemory()
    private let input: UnsafeMutablePointer<AVIOContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    /// Packets, or attempts at one, that came with an error.
    private(set) var damagedPacketCount = 0
    /// End of the last packet of any stream, in seconds from the container's start.
    private(set) var lastPacketEndSeconds = 0.0

    init(file: RegularFile, limits: DecodingLimits) throws {
        try LibAVLibrary.load()
        _ = silencedLog
        self.file = file
        self.limits = limits
        let state = ReadState(file: file, limits: limits)
        self.state = state
        guard let packet = av_packet_alloc() else { throw outOfMemory(file) }
        var ownedPacket: UnsafeMutablePointer<AVPacket>? = packet
        guard var input = state.makeInput() else {
            av_packet_free(&ownedPacket)
            throw outOfMemory(file)
        }
        do {
            context = try state.timed {
                try openContainer(state: state, input: &input, limits: limits)
            }
        } catch {
            av_packet_free(&ownedPacket)
            release(input)
            throw error
        }
        self.packet = packet
        self.input = input
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
        release(input)
    }

    var streams: [UnsafeMutablePointer<AVStream>] {
        let count = Int(context.pointee.nb_streams)
        return UnsafeBufferPointer(start: context.pointee.streams, count: count).compactMap { $0 }
    }

    /// Where the asset's time line begins on the container's clock, in seconds.
    var originSeconds: Double {
        let start = context.pointee.start_time
        return start == reel_no_timestamp ? 0 : Double(start) / Double(AV_TIME_BASE)
    }

    private var isTransportStream: Bool {
        context.pointee.iformat.pointee.name.map { String(cString: $0) == "mpegts" } ?? false
    }

    /// Lets libav skip the streams nobody wants.
    func keepOnly(streams wanted: Set<Int>) {
        for stream in streams where !wanted.contains(Int(stream.pointee.index)) {
            stream.pointee.discard = AVDISCARD_ALL
        }
    }

    /// The stream of this index, and libav's leave to skip the others where that is safe.
    func onlyStream(at index: Int) throws -> UnsafeMutablePointer<AVStream> {
        guard let stream = stream(at: index) else {
            throw MediaError.noStreams(file: file.name, wanted: "stream \(index)")
        }
        // A container that states each stream's length can be asked for this stream alone.
        if stream.pointee.duration != reel_no_timestamp { keepOnly(streams: [index]) }
        return stream
    }

    /// The next packet, valid until the next call; nil at the end, whatever ended it.
    ///
    /// After an error the demuxer often goes on behind the damage, so it is asked again, but not
    /// for ever.
    func nextPacket() -> UnsafeMutablePointer<AVPacket>? {
        var failures = 0
        while failures < 64, !state.passIsOver {
            av_packet_unref(packet)
            let result = state.timed { av_read_frame(context, packet) }
            if result == reel_error_end_of_file.code || state.timedOut { break }
            guard result >= 0 else {
                failures += 1
                if result != reel_error_again.code { damagedPacketCount += 1 }
                continue
            }
            // Half a packet decodes to half a picture. In transport streams the mark only says
            // that a counter jumped, as where recordings are joined.
            if packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0, !isTransportStream {
                damagedPacketCount += 1
                continue
            }
            noteEnd()
            return packet
        }
        if state.readFailure != nil { damagedPacketCount += 1 }
        return nil
    }

    private func noteEnd() {
        guard let stream = stream(at: Int(packet.pointee.stream_index)) else { return }
        let stamp =
            packet.pointee.pts != reel_no_timestamp ? packet.pointee.pts : packet.pointee.dts
        guard stamp != reel_no_timestamp else { return }
        let end = Double(stamp) + Double(max(0, packet.pointee.duration))
        lastPacketEndSeconds = max(
            lastPacketEndSeconds, end * av_q2d(stream.pointee.time_base) - originSeconds)
    }

    func stream(at index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, index < Int(context.pointee.nb_streams) else { return nil }
        return context.pointee.streams[index]
    }

    /// Reads to the end without decoding: how long the file really is.
    func measureDuration() throws -> Double {
        while nextPacket() != nil {}
        if state.timedOut {
            throw MediaError.timedOut(file: file.name, seconds: limits.stallSeconds)
        }
        return lastPacketEndSeconds
    }
}

private func release(_ input: UnsafeMutablePointer<AVIOContext>) {
    av_freep(&input.pointee.buffer)
    var input: UnsafeMutablePointer<AVIOContext>? = input
    avio_context_free(&input)
}

/// Finds out what the file is and opens it. The input stays the caller's.
private func openContainer(
    state: ReadState, input: inout UnsafeMutablePointer<AVIOContext>, limits: DecodingLimits
) throws -> UnsafeMutablePointer<AVFormatContext> {
    let file = state.file
    let location = "file:" + file.name
    let format = try recognise(state, input, location: location, limits: limits)
    guard let opening = avformat_alloc_context() else { throw outOfMemory(file) }
    var context: UnsafeMutablePointer<AVFormatContext>? = opening
    opening.pointee.pb = input
    opening.pointee.interrupt_callback = state.makeInterrupt()
    // Whatever the file refers to (playlists, external tracks) is not opened.
    opening.pointee.io_open = { _, _, _, _, _ in reel_error_not_permitted.code }
    var options = OptionDictionary([
        "format_whitelist": AllowedFormats.containers.joined(separator: ","),
        "codec_whitelist": AllowedFormats.decoders.joined(separator: ","),
        "protocol_whitelist": "file",
        "max_streams": String(limits.maximumStreams),
        "probesize": String(limits.probeBytes),
        "enable_drefs": "0",
        "use_absolute_path": "0",
    ])
    defer { options.free() }
    // On failure libav frees the context itself.
    let opened = avformat_open_input(&context, location, format, &options.pointer)
    guard opened >= 0, let context else { throw openFailure(state, limits, code: opened) }

    let found = findStreams(context, limits: limits)
    guard found >= 0, !state.timedOut else {
        var closing: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&closing)
        throw openFailure(state, limits, code: found)
    }
    return context
}

/// By content and name; when the name leads astray (every `.jpg` looks like the first of a numbered
/// series to libav), by content alone.
private func recognise(
    _ state: ReadState, _ input: UnsafeMutablePointer<AVIOContext>, location: String,
    limits: DecodingLimits
) throws -> UnsafePointer<AVInputFormat> {
    var found: UnsafePointer<AVInputFormat>?
    for name in [location, nil] {
        var format: UnsafePointer<AVInputFormat>?
        let score = av_probe_input_buffer2(
            input, &format, name, nil, 0, UInt32(clamping: limits.probeBytes))
        guard score >= 0, let format else {
            if found == nil { throw openFailure(state, limits, code: score) }
            continue
        }
        if isAllowed(format) { return format }
        found = found ?? format
    }
    let name = found?.pointee.long_name ?? found?.pointee.name
    throw MediaError.unsupportedFormat(
        file: state.file.name, format: name.map { String(cString: $0) } ?? "nameless")
}

/// Looks into the first packets of each stream, with the limits of the decoders that does it with.
private func findStreams(
    _ context: UnsafeMutablePointer<AVFormatContext>, limits: DecodingLimits
) -> Int32 {
    var dictionaries = (0..<context.pointee.nb_streams).map { _ in
        OptionDictionary(["max_pixels": String(limits.maximumPixels), "threads": "1"])
    }
    var pointers = dictionaries.map(\.pointer)
    // Never an empty array: libav would read the first element's address.
    pointers.append(nil)
    let result = avformat_find_stream_info(context, &pointers)
    for index in dictionaries.indices {
        dictionaries[index].pointer = pointers[index]
        dictionaries[index].free()
    }
    return result
}

private func isAllowed(_ format: UnsafePointer<AVInputFormat>) -> Bool {
    guard let name = format.pointee.name else { return false }
    return String(cString: name).split(separator: ",").contains {
        AllowedFormats.containers.contains(String($0))
    }
}

private func openFailure(_ state: ReadState, _ limits: DecodingLimits, code: Int32) -> MediaError {
    let name = state.file.name
    if state.timedOut { return .timedOut(file: name, seconds: limits.stallSeconds) }
    if let number = state.readFailure {
        return .unreadable(file: name, reason: systemMessage(number))
    }
    if code == reel_error_no_memory.code {
        // What libav answers when a container asks for more streams than it may have.
        return .damaged(
            file: name,
            detail: "it claims more than \(limits.maximumStreams) streams, or more memory than "
                + "there is")
    }
    return FileSignature(of: state.file).map {
        .damaged(file: name, detail: $0.whatIsMissing)
    } ?? .notMedia(file: name)
}

private func outOfMemory(_ file: RegularFile) -> MediaError {
    .libraryFailure(file: file.name, operation: "get memory", reason: "out of memory")
}

/// libav writes its warnings to the terminal by default; ours are thrown instead. Set once.
private let silencedLog: Void = av_log_set_level(AV_LOG_QUIET)
