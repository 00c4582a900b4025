import CFFmpeg
import Corpus

/// The frames of the shot that is going on, thinned out so that few are held, and the cutting of
/// shots into stretches of one key frame each.
///
/// Time is cut into slots, each of which holds its best frame. Slots are short while it may still
/// turn out that a shot began in between, and are joined when there are many.
struct StretchFrames {
    /// A frame that may come to stand for its stretch.
    struct Candidate {
        var held: HeldFrame
        var plane: GreyPlane
        var timeSeconds: Double
        var number: Int
        /// To the frame before, 0…255.
        var difference: Double
        /// Sharp and still, the higher the better.
        var quality: Double
        /// Nothing moves from here to the frame after it, though time passes.
        var staysStill = false
    }
    /// A piece of a shot with the frame that stands for it.
    struct Stretch {
        var span: TimeSpan
        /// Of the boundary it begins with, or its own.
        var difference: Double
        var best: Candidate
    }

    private struct Slot {
        var startSeconds: Double
        var best: Candidate
        /// The stretch has been looked at up to here.
        var isSettled = false
    }
    /// How long a slot is while it may still turn out that a shot began in it, in seconds.
    static let slotSeconds = 0.25
    private static let mostSettledSlots = 16
    /// Bytes of frames held from which on slots grow longer.
    private static let largeFrame = 4 << 20

    private let settings: KeyFrameSettings
    private var slots: [Slot] = []
    private var mayBeginShot = false
    private var startSeconds: Double?
    /// Difference of the boundary that the stretch began with; nil after a drift.
    private var startDifference: Double? = 0
    private var anchor: GreyPlane?
    private var changed = false

    init(settings: KeyFrameSettings) { self.settings = settings }

    /// A shot may begin here: keeps the frames from here on apart from those before.
    mutating func beginSlot() { mayBeginShot = true }

    /// Takes the next frame in order of time.
    mutating func add(_ candidate: Candidate) {
        if startSeconds == nil { startSeconds = candidate.timeSeconds }
        let length = (candidate.held.byteCount > Self.largeFrame ? 2 : 1) * Self.slotSeconds
        if let last = slots.last, !mayBeginShot, !last.isSettled,
            candidate.timeSeconds - last.startSeconds < length
        {
            if candidate.quality > last.best.quality { slots[slots.count - 1].best = candidate }
        } else {
            slots.append(Slot(startSeconds: candidate.timeSeconds, best: candidate))
            mayBeginShot = false
        }
    }

    /// Up to `seconds` no other boundary than this one will be found: what ends with it.
    mutating func end(at boundary: ShotBoundary) -> [Stretch] {
        var ended = settle(until: boundary.timeSeconds)
        ended += close(
            at: boundary.timeSeconds,
            count: slots.prefix { $0.best.timeSeconds < boundary.timeSeconds }.count)
        startDifference = boundary.difference
        return ended
    }

    /// Up to `seconds` no boundary will be found any more: the stretches that end by drift.
    mutating func settle(until seconds: Double) -> [Stretch] {
        var ended: [Stretch] = []
        while let index = slots.firstIndex(where: { !$0.isSettled }),
            slots[index].best.timeSeconds < seconds, index + 1 < slots.count
        {
            slots[index].isSettled = true
            let plane = slots[index].best.plane
            guard let anchor, let startSeconds else {
                anchor = plane
                continue
            }
            let elapsed = slots[index].startSeconds - startSeconds
            let change = plane.difference(to: anchor)
            if change >= settings.nearDuplicateThreshold { changed = true }
            let isOver =
                elapsed >= settings.maximumStillGapSeconds
                || elapsed >= settings.maximumGapSeconds && changed
                || elapsed >= settings.driftGapSeconds && change >= settings.driftThreshold
                || elapsed >= settings.rewritingGapSeconds && isRewritten(index, since: anchor)
            if isOver {
                let time = slots[index].startSeconds
                ended += close(at: time, count: index)
                startDifference = nil
                self.anchor = plane
            } else {
                thin()
            }
        }
        return ended
    }

    /// Whether other words stand on a still ground from this slot on: the picture is another one
    /// than at the beginning of the stretch, and now at rest.
    private func isRewritten(_ index: Int, since anchor: GreyPlane) -> Bool {
        let now = slots[index].best
        guard now.plane.isRewritten(since: anchor) else { return false }
        return now.staysStill || slots[index + 1].best.plane.isAtRest(with: now.plane)
    }

    /// What is left when the video ends.
    mutating func finish(at seconds: Double) -> [Stretch] {
        settle(until: .infinity) + close(at: seconds, count: slots.count)
    }

    /// Ends the stretch with the first `count` slots; one without any goes on in the next.
    private mutating func close(at seconds: Double, count: Int) -> [Stretch] {
        guard count > 0, let start = startSeconds else { return [] }
        let span = TimeSpan(startSeconds: start, endSeconds: seconds)
        let best = choose(among: slots.prefix(count), of: span)
        slots.removeFirst(count)
        startSeconds = seconds
        anchor = nil
        changed = false
        return [Stretch(span: span, difference: startDifference ?? best.difference, best: best)]
    }

    /// The sharpest, stillest frame near the middle; of a still picture the first one.
    private func choose(among slots: ArraySlice<Slot>, of span: TimeSpan) -> Candidate {
        let first = slots[slots.startIndex].best
        let isStill = slots.allSatisfy {
            $0.best.plane.difference(to: first.plane) < settings.nearDuplicateThreshold
                && !$0.best.plane.isRewritten(since: first.plane)
        }
        if isStill { return first }
        func worth(_ candidate: Candidate) -> Double {
            let place =
                (candidate.timeSeconds - span.startSeconds) / max(span.durationSeconds, 1e-9)
            return candidate.quality * (1.2 - abs(place - 0.5) * 2)
        }
        return slots.map(\.best).max { worth($0) < worth($1) } ?? first
    }

    /// Joins pairs of slots when there are many.
    private mutating func thin() {
        let settled = slots.prefix { $0.isSettled }.count
        guard settled > Self.mostSettledSlots else { return }
        var joined: [Slot] = []
        for index in stride(from: 0, to: settled - 1, by: 2) {
            var slot = slots[index]
            // Ties go to the earlier.
            if slots[index + 1].best.quality > slot.best.quality {
                slot.best = slots[index + 1].best
            }
            joined.append(slot)
        }
        let first = settled / 2 * 2
        slots.replaceSubrange(0..<first, with: joined)
    }
}
