import CFFmpeg

/// Reads a video group of pictures by group, and decodes a group only where something may happen in
/// it, and as far as it may: else its key packet, and the first second of a shot, for a picture that
/// stands.
///
/// The file is read once, without seeking: the packets of a group wait until the key packet behind
/// them has been decoded and both ends can be compared (`GroupJudge`). Groups are decoded beside each
/// other, each on one thread (`DecodingPool`), and handed out in order. Frames that no other needs
/// are left out, and so is deblocking. Groups of no end are decoded as they come, until they have
/// been even for a second; so is all that makes no sense (no times, key packets that are none).
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
    /// Larger pictures are decoded one group after the other, in pixels.
    private static let largestParallelPicture = 2_500_000
    /// Of packets that wait to be judged.
    private static let mostWaitingBytes = 32 << 20

    static func isWorthwhile(_ media: MediaFile, streamIndex: Int) -> Bool {
        guard media.durationSeconds >= shortestVideo,
            let stream = media.videoStreams.first(where: { $0.index == streamIndex })
        else { return false }
        return codecs.contains(stream.codec)
    }

    let stream: UnsafeMutablePointer<AVStream>
    private let media: MediaFile
    private let reader: ContainerReader
    private let streamIndex: Int
    private let pool: DecodingPool
    /// Decodes what cannot wait until it is whole, in order.
    private let serial: GroupDecoder
    private let secondsPerTick: Double
    private let packetsPerWindow: Int
    private let groupLimits: PacketGroup.Limits
    /// Groups decoded ahead of the one that is handed out.
    private let lead: Int
    private var judge = GroupJudge()

    /// Being filled.
    private var group: PacketGroup
    private var groupKey: KeyTask?
    /// The packets of the group so far have been handed to `serial`, or left out behind these.
    private var openEnd: OpenEnd?
    /// How the heavy group before this one ended, when this one begins the same.
    private var restBefore: OpenEnd.Rest?
    /// Whole groups, not yet judged.
    private var waiting: [(group: PacketGroup, key: KeyTask?)] = []
    private var running: JudgedGroups
    private var mayBeginShot = true
    /// Key packets cannot be trusted: everything is decoded.
    private var isDistrusted = false

    private var output: FrameOutput
    private var packetCount = 0
    private var stoppedEarly = false
    private var damagedCount = 0
    private var poolSeconds = 0.0

    /// A group whose end was not to be waited for.
    private struct OpenEnd {
        let keySize: Int
        /// Too many bytes to keep what is left out, and so to come back to it: few films have such
        /// groups, and what may still happen in one is told by the next key packet.
        let isHeavy: Bool
        /// Nothing happens any more: what comes is left out, up to the next key packet.
        var rest: Rest?

        struct Rest {
            /// Shown last.
            var plane: GreyPlane
            var motion: GroupJudge.Motion
        }
    }

    init(
        media: MediaFile, streamIndex: Int, threads: Int, groupLimits: PacketGroup.Limits = .init()
    ) throws {
        self.groupLimits = groupLimits
        group = PacketGroup(limits: groupLimits)
        self.media = media
        self.streamIndex = streamIndex
        reader = try ContainerReader(file: media.file, limits: media.limits)
        stream = try reader.onlyStream(at: streamIndex)
        secondsPerTick = av_q2d(stream.pointee.time_base)
        let rate = stream.pointee.avg_frame_rate
        let perSecond = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 25
        packetsPerWindow = Int(min(max(3, perSecond / 4), 64))
        // Each group that is decoded at the same time holds frames of its own.
        let parameters = stream.pointee.codecpar.pointee
        let pixels = Int(parameters.width) * Int(parameters.height)
        let poolThreads = pixels <= Self.largestParallelPicture ? threads : 1
        lead = poolThreads > 1 ? poolThreads + 1 : 0
        pool = try DecodingPool(
            reader: reader, streamIndex: streamIndex, threads: poolThreads,
            decoderThreads: threads)
        running = JudgedGroups(pool: pool)
        serial = try GroupDecoder(reader: reader, streamIndex: streamIndex, threads: threads)
        output = FrameOutput(
            clock: FrameClock(stream: stream, originSeconds: reader.originSeconds))
    }

    var frameCount: Int { output.frameCount }
    var decodedFrameCount: Int { output.decodedFrameCount }
    var endSeconds: Double { output.endSeconds }

    func readFrames(_ body: (FrameSample) throws -> Void) throws {
        defer { pool.stop() }
        while let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == streamIndex else { continue }
            guard packetCount < media.limits.maximumFrames else {
                stoppedEarly = true
                break
            }
            packetCount += 1
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0, beginsGroup(packet) {
                let key = isDistrusted ? nil : KeyTask(packet)
                if let key { pool.submit(key) }
                try close(before: key, body)
                groupKey = isDistrusted ? nil : key
            } else if group.isFull {
                try passOn(body)
            }
            guard group.add(packet) else { break }
        }
        try close(before: nil, body)
        try settle(waiting: 0, running: 0, before: nil, body)
        try handOut(try serial.leave(), body)
    }

    private func beginsGroup(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard let first = group.packets.first else { return true }
        let (stamp, start) = (packet.pointee.pts, first.pointee.pts)
        guard stamp != reel_no_timestamp, start != reel_no_timestamp else { return true }
        // Clocks that start anew, or jump, begin a group in any case.
        let elapsed = Double(stamp) * secondsPerTick - Double(start) * secondsPerTick
        return !(0..<Self.shortestGroup).contains(elapsed)
    }

    // MARK: Groups with an end

    /// The group is whole; `next` is the key packet behind it.
    private func close(before next: KeyTask?, _ body: (FrameSample) throws -> Void) throws {
        if isDistrusted {
            try passOn(body)
        } else if openEnd != nil {
            try passOn(body)
            try leave(before: next, body)
        } else if !group.isEmpty {
            restBefore = nil
            waiting.append((group, groupKey))
            group = PacketGroup(limits: groupLimits)
        }
        groupKey = nil
        let isHeavy = waiting.reduce(0) { $0 + $1.group.byteCount } > Self.mostWaitingBytes
        try settle(waiting: isHeavy ? 0 : min(1, lead), running: lead, before: next, body)
    }

    /// Judges until no more groups than these are left, hands out those that are done, and waits
    /// until no more are being decoded.
    private func settle(
        waiting mostWaiting: Int, running mostRunning: Int, before next: KeyTask?,
        _ body: (FrameSample) throws -> Void
    ) throws {
        while waiting.count > mostWaiting, !isDistrusted { try judgeFirst(before: next, body) }
        while running.isFirstDue(mostRunning: mostRunning) { try handOutFirst(body) }
    }

    private func handOutRunning(_ body: (FrameSample) throws -> Void) throws {
        while !running.isEmpty { try handOutFirst(body) }
    }

    /// - Parameter last: the key packet behind the last group that waits.
    private func judgeFirst(before last: KeyTask?, _ body: (FrameSample) throws -> Void) throws {
        let (group, key) = waiting[0]
        let next = waiting.count > 1 ? waiting[1].key : last
        let picture = key.flatMap(result)
        if let key {
            note(key)
            guard picture != nil else { return try distrust(body) }
        }
        let nextPicture = next.flatMap(result)
        waiting.removeFirst()
        let isTrusted = next == nil || nextPicture != nil
        if let picture, isTrusted, !group.lacksStamps,
            Double(group.spanTicks) * secondsPerTick <= Self.longestGroup
        {
            try run(group, picture, next: next, nextPicture, body)
        } else {
            // What has no times may have no order either.
            let lacksStamps = group.lacksStamps
            let plan = GroupPlan(
                packets: group.packets.count, takesAllFrames: lacksStamps, deblocks: lacksStamps)
            try run(group, plan, body)
            mayBeginShot = false
        }
        if !isTrusted { try distrust(body) }
    }

    private func run(
        _ group: PacketGroup, _ picture: MeasuredFrame, next: KeyTask?,
        _ nextPicture: MeasuredFrame?, _ body: (FrameSample) throws -> Void
    ) throws {
        let evidence = GroupJudge.Evidence(
            sizes: group.sizes,
            next: nextPicture.map {
                .init(
                    keySize: next?.byteCount ?? 0,
                    difference: $0.plane.difference(to: picture.plane),
                    isRewritten: $0.plane.isRewritten(since: picture.plane))
            }, packetsPerWindow: packetsPerWindow)
        let verdict = judge.judge(evidence)
        if case .look(let packets, let rest) = verdict {
            let plan = self.plan(packets, rest, next: nextPicture?.plane)
            try run(group, plan, body, staysStill: rest.isStill)
            // It may turn out to end in a cut.
            mayBeginShot = packets < group.packets.count
            return
        }
        let end: GroupJudge.RestVerdict = verdict == .endsInCut ? .endsInCut : .quiet
        let isStill = GroupJudge.isStill(evidence)
        if mayBeginShot {
            let plan = GroupPlan(packets: headPackets(of: group), deblocks: true)
            try run(group, plan, body, end: end, staysStill: isStill)
        } else {
            running.append(
                JudgedGroup(group: group, frames: .key(picture), end: end, staysStill: isStill))
        }
        mayBeginShot = end == .endsInCut
    }

    private func run(
        _ group: PacketGroup, _ plan: GroupPlan, _ body: (FrameSample) throws -> Void,
        end: GroupJudge.RestVerdict = .look, staysStill: Bool = false
    ) throws {
        let task = GroupTask(group, plan)
        pool.submit(task)
        running.append(
            JudgedGroup(group: group, frames: .task(task), end: end, staysStill: staysStill))
    }

    private func plan(_ packets: Int, _ rest: GroupJudge.Rest, next: GreyPlane?) -> GroupPlan {
        GroupPlan(
            packets: packets, rest: .judge(rest, next: next, packetsPerStep: packetsPerWindow))
    }

    /// How many packets make the beginning of a shot.
    private func headPackets(of group: PacketGroup) -> Int {
        guard let first = group.packets.first else { return 0 }
        return group.packets.prefix { packet in
            let elapsed = Double(packet.pointee.pts) - Double(first.pointee.pts)
            return elapsed * secondsPerTick <= Self.headSeconds
        }.count
    }

    private func result(of key: KeyTask) -> MeasuredFrame? {
        pool.wait(for: key)
        return key.picture
    }

    private func note(_ task: DecodingTask) {
        damagedCount += task.damagedCount
        poolSeconds += task.spentSeconds
    }

    // MARK: Groups without an end

    /// The keys are not to be trusted, from the first group on that is not yet judged.
    private func distrust(_ body: (FrameSample) throws -> Void) throws {
        isDistrusted = true
        openEnd = nil
        try settle(waiting: waiting.count, running: 0, before: nil, body)
        for (group, _) in waiting { try decodeInOrder(group, body) }
        waiting.removeAll()
        try decodeInOrder(group, body)
        group.removeAll()
    }

    /// Decodes what there is of the group, with more to come.
    private func passOn(_ body: (FrameSample) throws -> Void) throws {
        guard !group.isEmpty else { return }
        // The groups before it are still being decoded meanwhile.
        try settle(waiting: 0, running: lead, before: groupKey, body)
        let keySize = openEnd?.keySize
        var end = openEnd ?? OpenEnd(keySize: group.sizes.first ?? 0, isHeavy: group.isHeavy)
        if end.rest != nil {
            follow(.none)
        } else if isDistrusted || group.lacksStamps {
            try decodeInOrder(group, body)
        } else {
            end.rest = try decode(group, ofHeavy: end.isHeavy, keySize: keySize, body)
        }
        openEnd = isDistrusted ? nil : end
        group.removeAll()
    }

    /// Hands the group out behind those that are being decoded, without its packets.
    private func follow(_ frames: JudgedGroup.Frames) {
        group.dropPackets()
        running.append(JudgedGroup(group: group, frames: frames))
        group = PacketGroup(limits: groupLimits)
    }

    /// - Parameter keySize: of the group's key packet where it is not among these.
    /// - Returns: not nil when a heavy group has become even and nothing happens any more.
    private func decode(
        _ group: PacketGroup, ofHeavy isHeavy: Bool, keySize: Int?,
        _ body: (FrameSample) throws -> Void
    ) throws -> OpenEnd.Rest? {
        let evidence = GroupJudge.Evidence(
            sizes: (keySize.map { [$0] } ?? []) + group.sizes, packetsPerWindow: packetsPerWindow)
        var plan = GroupPlan(packets: group.packets.count)
        if isHeavy, case .look(let packets, let rest) = judge.judge(evidence) {
            // What went on in the group before goes on.
            if keySize == nil, rest.isAll, let before = restBefore,
                let picture = groupKey.flatMap(result)
            {
                follow(.key(picture))
                return before
            }
            plan = self.plan(packets, rest, next: nil)
        }
        let found = try serial.decode(group, plan, staysInside: true)
        try handOutRunning(body)
        output.begin(group)
        try handOut(found, body)
        guard found.rest == .quiet, let last = found.frames.last, let motion = found.motion else {
            return nil
        }
        output.end(group)
        return OpenEnd.Rest(plane: last.plane, motion: motion)
    }

    private func decodeInOrder(
        _ group: PacketGroup, _ body: (FrameSample) throws -> Void
    ) throws {
        guard !group.isEmpty else { return }
        try handOutRunning(body)
        output.begin(group)
        let plan = GroupPlan(packets: group.packets.count, takesAllFrames: true, deblocks: true)
        try handOut(try serial.decode(group, plan, staysInside: true), body)
    }

    /// The key packet behind a group without an end has come, or the file's end.
    private func leave(before next: KeyTask?, _ body: (FrameSample) throws -> Void) throws {
        guard !isDistrusted else { return }
        let found = try serial.leave()
        if !found.frames.isEmpty {
            try handOutRunning(body)
            try handOut(found, body)
        }
        if let rest = openEnd?.rest, let next, let picture = result(of: next) {
            let difference = picture.plane.difference(to: rest.plane)
            mayBeginShot = rest.motion.isLeft(by: difference)
            if rest.motion.isKept(by: difference) { restBefore = rest }
            let end: GroupJudge.RestVerdict = mayBeginShot ? .endsInCut : .quiet
            if !running.endLast(by: end) { output.link(by: end) }
        } else {
            mayBeginShot = false
        }
        openEnd = nil
    }

    // MARK: Handing out

    private func handOutFirst(_ body: (FrameSample) throws -> Void) throws {
        let judged = running.removeFirst()
        output.begin(judged.group)
        var end = judged.end
        switch judged.frames {
        case .none:
            break
        case .key(let frame):
            try output.handOut([frame], staysStill: judged.staysStill, body)
        case .task(let task):
            pool.wait(for: task)
            note(task)
            guard let found = try task.frames?.get() else { break }
            if end == .look { end = found.rest }
            reader.state.note(decodingSeconds: poolSeconds + serial.spentSeconds)
            try output.handOut(
                found.frames, staysStill: judged.staysStill && end != .look, body)
        }
        output.end(judged.group)
        output.link(by: end)
    }

    private func handOut(_ found: GroupFrames, _ body: (FrameSample) throws -> Void) throws {
        reader.state.note(decodingSeconds: poolSeconds + serial.spentSeconds)
        try output.handOut(found.frames, body)
    }

    private var end: StreamEnd { StreamEnd(media: media, reader: reader, stream: stream) }

    var damage: MediaDamage? {
        end.damage(
            endSeconds: endSeconds, stoppedEarly: stoppedEarly,
            damagedCount: damagedCount + serial.damagedCount)
    }

    func nothingDecoded() -> MediaError { end.nothingDecoded() }
}
