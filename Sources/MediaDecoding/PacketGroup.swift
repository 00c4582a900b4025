import CFFmpeg

/// The packets from one key packet to the next, in the order of the file: what they weigh tells
/// where the picture changes, before anything is decoded.
final class PacketGroup {
    /// What a group may hold before it has to be decoded as it comes.
    struct Limits {
        var packets = 600
        var bytes = 48 << 20
    }

    private let limits: Limits
    private(set) var packets: [UnsafeMutablePointer<AVPacket>] = []
    private var unused: [UnsafeMutablePointer<AVPacket>] = []
    private(set) var byteCount = 0
    /// Bytes of each packet, the key packet's first.
    private(set) var sizes: [Int] = []
    /// A packet without a presentation time.
    private(set) var lacksStamps = false
    /// Presentation times in the stream's ticks, in the order of the file.
    private(set) var stamps: [Int64] = []
    /// Duration of the packet shown last, in ticks.
    private(set) var lastDuration: Int64 = 0
    private var latest = Int64.min

    init(limits: Limits) { self.limits = limits }

    deinit {
        for packet in packets + unused {
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&packet)
        }
    }

    var isEmpty: Bool { packets.isEmpty }
    var isFull: Bool { packets.count >= limits.packets || isHeavy }
    /// There are more bytes in it than may wait.
    var isHeavy: Bool { byteCount >= limits.bytes }
    var lastStamp: Int64? { stamps.max() }
    /// From the first frame shown to the last, in ticks.
    var spanTicks: Int64 {
        guard let first = stamps.min(), let last = stamps.max() else { return 0 }
        let (span, overflow) = last.subtractingReportingOverflow(first)
        return overflow ? .max : span
    }

    /// Takes the packet over; false when there is no memory.
    func add(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard let own = unused.popLast() ?? av_packet_alloc() else { return false }
        av_packet_move_ref(own, packet)
        let size = Int(max(0, own.pointee.size))
        packets.append(own)
        sizes.append(size)
        byteCount += size
        if own.pointee.pts == reel_no_timestamp {
            lacksStamps = true
        } else {
            if own.pointee.pts >= latest {
                (latest, lastDuration) = (own.pointee.pts, own.pointee.duration)
            }
            stamps.append(own.pointee.pts)
        }
        return true
    }

    /// Gives the packets back; their times and sizes stay.
    func dropPackets() {
        for packet in packets { av_packet_unref(packet) }
        unused += packets
        packets.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    func removeAll() {
        dropPackets()
        sizes.removeAll(keepingCapacity: true)
        stamps.removeAll(keepingCapacity: true)
        lacksStamps = false
        lastDuration = 0
        latest = .min
    }
}

/// Positions of frames among all of the stream, by their presentation times.
struct FrameNumbers {
    private var groups: [(first: Int, stamps: [Int64])] = []
    private(set) var count = 0
    private var last = -1

    /// The next group's frames; those of the few groups before it can still be asked for.
    mutating func begin(_ group: PacketGroup) {
        groups.append((first: count, stamps: group.stamps.sorted()))
        if groups.count > 3 { groups.removeFirst() }
        count += group.sizes.count
    }

    /// Of the frame with this time; the one after the last when there is no such.
    mutating func number(of stamp: Int64) -> Int {
        last += 1
        for group in groups {
            guard let first = group.stamps.first, stamp >= first,
                let final = group.stamps.last, stamp <= final
            else { continue }
            var (low, high) = (0, group.stamps.count)
            while low < high {
                let middle = (low + high) / 2
                if group.stamps[middle] < stamp { low = middle + 1 } else { high = middle }
            }
            last = max(last, group.first + low)
        }
        return last
    }
}
