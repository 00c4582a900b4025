import CFFmpeg

/// The measured frames of a group of pictures, or a part of one, in order of time.
///
/// All are measured, few are held: the first one, and of each slot of time the best one, as in
/// `StretchFrames`.
struct GroupFrames {
    /// Bytes of frames held for one group before slots are joined.
    private static let mostHeldBytes = 32 << 20
    private static let motionSeconds = 0.5

    private(set) var frames: [MeasuredFrame] = []
    /// What the packets that were not decoded hold.
    var rest = GroupJudge.RestVerdict.look
    private let secondsPerTick: Double
    private let cutThreshold: Double
    private var slots: [Slot] = []
    private var slotSeconds = StretchFrames.slotSeconds
    /// Of pictures that are held, about.
    private(set) var heldBytes = 0

    private struct Slot {
        var best: Int
        var quality: Double
        var startStamp: Int64
        /// Stays apart from the slot before it.
        var mayBeginShot: Bool
    }

    init(secondsPerTick: Double, cutThreshold: Double = ShotSettings().cutThreshold) {
        self.secondsPerTick = secondsPerTick
        self.cutThreshold = cutThreshold
    }

    mutating func append(_ frame: MeasuredFrame) {
        let difference = frames.last.map { frame.plane.difference(to: $0.plane) }
        frames.append(frame)
        let index = frames.count - 1
        let quality = frame.quality(motion: difference ?? 2)
        let mayBeginShot = difference ?? .infinity >= cutThreshold
        // The first frame stays: a shot may begin with it.
        if !mayBeginShot, let last = slots.indices.last, last > 0,
            seconds(from: slots[last].startStamp, to: frame.stamp) < slotSeconds
        {
            if quality > slots[last].quality {
                drop(slots[last].best)
                (slots[last].best, slots[last].quality) = (index, quality)
                heldBytes += frame.held?.byteCount ?? 0
            } else {
                frames[index].held = nil
            }
            return
        }
        heldBytes += frame.held?.byteCount ?? 0
        slots.append(
            Slot(
                best: index, quality: quality, startStamp: frame.stamp, mayBeginShot: mayBeginShot))
        if heldBytes > Self.mostHeldBytes { joinSlots() }
    }

    /// What the end of the frames says about the packets behind it.
    func evidence(before next: GreyPlane?) -> GroupJudge.RestEvidence {
        guard let last = frames.last else { return .init() }
        return .init(
            motion: motion,
            next: next.map {
                .init(
                    difference: $0.difference(to: last.plane),
                    isRewritten: $0.isRewritten(since: last.plane))
            })
    }

    /// In the last half second.
    var motion: GroupJudge.Motion? {
        guard let last = frames.last,
            let start = frames.lastIndex(where: {
                seconds(from: $0.stamp, to: last.stamp) >= Self.motionSeconds
            })
        else { return nil }
        let steps = (start..<frames.count - 1).map {
            frames[$0 + 1].plane.difference(to: frames[$0].plane)
        }
        return .init(
            whole: last.plane.difference(to: frames[start].plane),
            step: steps.reduce(0, +) / Double(steps.count))
    }

    private func seconds(from start: Int64, to end: Int64) -> Double {
        (Double(end) - Double(start)) * secondsPerTick
    }

    private mutating func drop(_ index: Int) {
        heldBytes -= frames[index].held?.byteCount ?? 0
        frames[index].held = nil
    }

    /// Joins pairs of slots; from now on slots are twice as long.
    private mutating func joinSlots() {
        slotSeconds *= 2
        var joined: [Slot] = []
        var mayJoin = false
        for slot in slots {
            guard mayJoin, !slot.mayBeginShot, let last = joined.indices.last else {
                joined.append(slot)
                // Nothing is joined to the first frame: a shot may begin with it.
                mayJoin = joined.count > 1
                continue
            }
            mayJoin = false
            // Ties go to the earlier.
            if slot.quality > joined[last].quality {
                drop(joined[last].best)
                (joined[last].best, joined[last].quality) = (slot.best, slot.quality)
            } else {
                drop(slot.best)
            }
        }
        slots = joined
    }
}
