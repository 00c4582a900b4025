import CFFmpeg

/// Reads a video group of pictures by group, and decodes a group only where something may happen in
/// it: else its key packet, and the first second of a shot, for a picture that stands.
///
/// The file is read once, without seeking: the packets of a group wait until the key packet behind
/// them has been decoded and both ends can be compared (`GroupJudge`). One decoder makes the key
/// pictures, each alone; another one, on several threads, goes into groups. Frames that no other
/// needs are left out there, and so is deblocking. Groups that make no sense (no times, key
/// packets that are none, endless ones) are decoded as they come.
final class GroupReader: FrameSource {
    /// Codecs whose key packets can be trusted to begin anew.
    private static let codecs: Set<String> = [
        "h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video", "vp8", "vp9", "av1", "mjpeg",
        "prores", "dnxhd", "theora",
    ]
    /// Shorter videos are decoded whole before it is known that they need not be, in seconds.
    private static let shortestVideo = 3.0
    /// Groups are at least this long, in seconds: where key packets come closer, some of them are
    /// read as any others.
    private static let shortestGroup = 0.4
    /// Longer groups are decoded in any case: a picture may stand for no longer, in seconds.
    private static let longestGroup = 15.0
    /// How far a new shot is decoded for a picture of it, in seconds.
    private static let headSeconds = 1.0

    static func isWorthwhile(_ media: MediaFile, streamIndex: Int) -> Bool {
        guard media.durationSeconds >= shortestVideo,
            let stream = media.videoStreams.first(where: { $0.index == streamIndex })
        else { return false }
        return codecs.contains(stream.codec)
    }

    let stream: UnsafeMutablePointer<AVStream>
    private let media: MediaFile
    private let reader: ContainerReader
    private let keys: KeyPictureDecoder
    private let inside: StreamDecoder
    private let secondsPerTick: Double
    private let group = PacketGroup()
    private var groupPicture: KeyPicture?
    private var groupBeginsShot = true
    private var judge = GroupJudge()
    private var clock: FrameClock
    private var numbers = FrameNumbers()
    private var link = FrameSample.Link.successive
    /// Nothing moves in the group whose frames are handed out, as far as is known.
    private var staysStill = false
    /// The inner decoder is between two groups it decodes one after the other.
    private var isInside = false
    /// Frames before this belong to a group that was not decoded.
    private var firstStamp = Int64.min
    /// Key packets cannot be trusted: everything is decoded.
    private var isDistrusted = false
    private var stoppedEarly = false
    private(set) var decodedFrameCount = 0

    init(media: MediaFile, streamIndex: Int, threads: Int) throws {
        self.media = media
        reader = try ContainerReader(file: media.file, limits: media.limits)
        stream = try reader.onlyStream(at: streamIndex)
        secondsPerTick = av_q2d(stream.pointee.time_base)
        keys = try KeyPictureDecoder(reader: reader, streamIndex: streamIndex)
        inside = try StreamDecoder(reader: reader, streamIndex: streamIndex, threads: threads)
        clock = FrameClock(stream: stream, originSeconds: reader.originSeconds)
    }

    var frameCount: Int { max(numbers.count, decodedFrameCount) }
    var endSeconds: Double { clock.endSeconds }

    func readFrames(_ body: (FrameSample) throws -> Void) throws {
        while let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == inside.streamIndex else { continue }
            guard numbers.count + group.packets.count < media.limits.maximumFrames else {
                stoppedEarly = true
                break
            }
            let isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
            if isKey, beginsGroup(packet) {
                let next = isDistrusted ? nil : keys.decode(packet)
                try finishGroup(next: next, nextSize: Int(packet.pointee.size), body)
                groupPicture = next
                if next == nil { isDistrusted = true }
            } else if group.isFull {
                try look(body)
                groupPicture = nil
            }
            guard group.add(packet) else { break }
        }
        groupPicture = nil
        try finishGroup(next: nil, nextSize: 0, body)
        try leave(body)
    }

    private func beginsGroup(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard let first = group.packets.first else { return true }
        let (stamp, start) = (packet.pointee.pts, first.pointee.pts)
        guard stamp != reel_no_timestamp, start != reel_no_timestamp else { return true }
        // Clocks that start anew, or jump, begin a group in any case.
        let elapsed = Double(stamp) * secondsPerTick - Double(start) * secondsPerTick
        return !(0..<Self.shortestGroup).contains(elapsed)
    }

    private func finishGroup(
        next: KeyPicture?, nextSize: Int, _ body: (FrameSample) throws -> Void
    ) throws {
        guard !group.isEmpty else { return }
        guard !isDistrusted, let picture = groupPicture, let next, !group.lacksStamps,
            Double(group.spanTicks) * secondsPerTick <= Self.longestGroup
        else {
            return try look(body)
        }
        let rate = stream.pointee.avg_frame_rate
        let perSecond = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 25
        let evidence = GroupJudge.Evidence(
            sizes: group.sizes, nextKeySize: nextSize,
            difference: next.plane.difference(to: picture.plane),
            isRewritten: next.plane.isRewritten(since: picture.plane),
            packetsPerWindow: Int(min(max(3, perSecond / 4), 64)))
        let verdict = judge.judge(evidence)
        if verdict == .look { return try look(body) }
        try leave(body)
        numbers.begin(group)
        staysStill = GroupJudge.isStill(evidence)
        defer { staysStill = false }
        if groupBeginsShot {
            try lookAtHead(body)
        } else {
            try emit(picture.held.frame, body)
        }
        if let last = group.lastStamp {
            clock.passOver(to: last, durationTicks: group.lastDuration)
        }
        groupBeginsShot = verdict == .endsInCut
        link = groupBeginsShot ? .cut : .quiet
        group.removeAll()
    }

    /// Decodes the whole group.
    private func look(_ body: (FrameSample) throws -> Void) throws {
        numbers.begin(group)
        let isWhole = isDistrusted || group.lacksStamps
        enter(skipping: isWhole ? AVDISCARD_DEFAULT : AVDISCARD_NONREF, filtering: isWhole)
        for packet in group.packets { try inside.decode(packet) { try receive($0, body) } }
        if let last = group.lastStamp { lookedStamp = (last, group.lastDuration) }
        groupBeginsShot = false
        group.removeAll()
    }
    /// Of the last frame of the last group that was decoded; it may itself have been left out.
    private var lookedStamp: (stamp: Int64, duration: Int64)?

    /// Decodes the beginning of the group.
    private func lookAtHead(_ body: (FrameSample) throws -> Void) throws {
        guard let first = group.packets.first else { return }
        enter(skipping: AVDISCARD_NONREF, filtering: true)
        for packet in group.packets {
            let elapsed = Double(packet.pointee.pts) - Double(first.pointee.pts)
            if elapsed * secondsPerTick > Self.headSeconds { break }
            try inside.decode(packet) { try receive($0, body) }
        }
        try leave(body)
    }

    private func enter(skipping discard: AVDiscard, filtering: Bool) {
        inside.context.pointee.skip_frame = discard
        inside.context.pointee.skip_loop_filter = filtering ? AVDISCARD_NONREF : AVDISCARD_ALL
        guard !isInside else { return }
        isInside = true
        firstStamp = isDistrusted ? .min : group.packets.first?.pointee.pts ?? .min
        if firstStamp == reel_no_timestamp { firstStamp = .min }
    }

    /// Takes out what the inner decoder still holds.
    private func leave(_ body: (FrameSample) throws -> Void) throws {
        guard isInside else { return }
        try inside.decode(nil) { try receive($0, body) }
        inside.startAnew()
        isInside = false
        if let lookedStamp {
            clock.passOver(to: lookedStamp.stamp, durationTicks: lookedStamp.duration)
        }
        lookedStamp = nil
    }

    private func receive(
        _ frame: UnsafeMutablePointer<AVFrame>, _ body: (FrameSample) throws -> Void
    ) throws {
        let stamp = frame.pointee.best_effort_timestamp
        if stamp != reel_no_timestamp, stamp < firstStamp { return }
        firstStamp = .min
        try emit(frame, body)
    }

    private func emit(
        _ frame: UnsafeMutablePointer<AVFrame>, _ body: (FrameSample) throws -> Void
    ) throws {
        decodedFrameCount += 1
        let sample = FrameSample(
            frame: frame, timeSeconds: clock.place(frame),
            number: numbers.number(of: frame.pointee.best_effort_timestamp), link: link,
            staysStill: staysStill)
        link = .successive
        try body(sample)
    }

    private var end: StreamEnd { StreamEnd(media: media, reader: reader, stream: stream) }

    var damage: MediaDamage? {
        end.damage(
            endSeconds: endSeconds, stoppedEarly: stoppedEarly,
            damagedCount: inside.damagedCount + keys.damagedCount)
    }

    func nothingDecoded() -> MediaError { end.nothingDecoded() }
}
