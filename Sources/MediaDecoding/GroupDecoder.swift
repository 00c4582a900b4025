import CFFmpeg

/// How far one group of pictures is decoded, and how well.
struct GroupPlan {
    enum Rest {
        /// Stays as it is.
        case leave
        /// Is decoded a little at a time, until it is known that nothing more happens in
        /// it; the plane is that of the picture behind the group.
        case judge(GroupJudge.Rest, next: GreyPlane?, packetsPerStep: Int)
    }

    /// Packets to decode in any case.
    var packets: Int
    var rest = Rest.leave
    /// Every frame, rather than those that others refer to.
    var takesAllFrames = false
    /// Takes longer, and makes frames that can be looked at.
    var deblocks = false
}

/// Decodes key packets and groups of pictures for one thread at a time.
final class GroupDecoder {
    private let keys: KeyPictureDecoder
    private let inside: StreamDecoder
    private let meter: FrameMeter
    private let secondsPerTick: Double
    /// In the middle of a group: its next packets can follow.
    private(set) var isInside = false
    /// Frames before this belong to a group that was not decoded.
    private var firstStamp = Int64.min

    /// - Parameter threads: of the decoder for whole groups.
    init(reader: ContainerReader, streamIndex: Int, threads: Int = 1) throws {
        keys = try KeyPictureDecoder(reader: reader, streamIndex: streamIndex)
        inside = try StreamDecoder(reader: reader, streamIndex: streamIndex, threads: threads)
        meter = FrameMeter(fileName: reader.file.name)
        secondsPerTick =
            reader.stream(at: streamIndex).map { av_q2d($0.pointee.time_base) } ?? 0
    }

    var damagedCount: Int { keys.damagedCount + inside.damagedCount }
    /// Seconds inside libav so far.
    var spentSeconds: Double { keys.spentSeconds + inside.spentSeconds }

    /// Nil when the packet does not make exactly one whole picture.
    func keyPicture(of packet: UnsafeMutablePointer<AVPacket>) -> MeasuredFrame? {
        keys.decode(packet)
    }

    /// Decodes a group, or goes on in one that was begun.
    /// - Parameter staysInside: more packets of it will come, unless the rest is found to be needless.
    func decode(
        _ group: PacketGroup, _ plan: GroupPlan, staysInside: Bool = false
    ) throws -> GroupFrames {
        enter(group, plan)
        var found = GroupFrames(secondsPerTick: secondsPerTick)
        let packets = group.packets
        var done = min(plan.packets, packets.count)
        for packet in packets.prefix(done) { try decode(packet, into: &found) }
        switch plan.rest {
        case .leave:
            found.rest = done < packets.count ? .quiet : .look
        case .judge(let rest, let next, let step):
            while done < packets.count {
                found.rest = GroupJudge.judge(rest, found.evidence(before: next))
                guard found.rest == .look else { break }
                let more = packets.dropFirst(done).prefix(max(1, step))
                for packet in more { try decode(packet, into: &found) }
                done += more.count
            }
        }
        if !staysInside || found.rest != .look { try leave(into: &found) }
        return found
    }

    /// What the decoder still holds; the next group begins anew.
    func leave() throws -> GroupFrames {
        var found = GroupFrames(secondsPerTick: secondsPerTick)
        try leave(into: &found)
        return found
    }

    private func enter(_ group: PacketGroup, _ plan: GroupPlan) {
        inside.context.pointee.skip_frame =
            plan.takesAllFrames ? AVDISCARD_DEFAULT : AVDISCARD_NONREF
        inside.context.pointee.skip_loop_filter =
            plan.deblocks ? AVDISCARD_NONREF : AVDISCARD_ALL
        guard !isInside else { return }
        isInside = true
        let stamp = group.packets.first?.pointee.pts ?? reel_no_timestamp
        firstStamp = plan.takesAllFrames || stamp == reel_no_timestamp ? .min : stamp
    }

    private func leave(into found: inout GroupFrames) throws {
        guard isInside else { return }
        isInside = false
        defer { inside.startAnew() }
        try decode(nil, into: &found)
    }

    /// With nil: what the decoder holds back.
    private func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, into found: inout GroupFrames
    ) throws {
        try inside.decode(packet) { frame in
            let stamp = frame.pointee.best_effort_timestamp
            if stamp != reel_no_timestamp, stamp < firstStamp { return }
            firstStamp = .min
            found.append(try meter.measure(frame))
        }
    }
}
