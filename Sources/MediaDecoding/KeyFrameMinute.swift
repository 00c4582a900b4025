import Corpus

/// The key frames of the current minute, held back until it is known which of them may stay.
///
/// What a frame that goes stood for, its neighbour stands for: spans stay without a gap.
struct KeyFrameMinute {
    struct Candidate {
        var keyFrame: KeyFrame
        var picture: Picture
        var plane: GreyPlane
    }

    private let settings: KeyFrameSettings
    private(set) var candidates: [Candidate] = []
    private var minute = 0
    /// The last key frame that stays, until it is known where the next one begins.
    private var last: Candidate?

    init(settings: KeyFrameSettings) { self.settings = settings }

    /// The minute a time falls into has begun: returns what the minutes before it keep, but for the
    /// last.
    mutating func begin(atSeconds seconds: Double) -> [Candidate] {
        // Any finite time has a minute; beyond 2^52 they are all the same one.
        let current = Int(min(seconds / 60, 0x1p52))
        guard current != minute else { return [] }
        minute = current
        return drain()
    }

    /// Adds a candidate later than all others; never holds more than the minute may keep.
    mutating func add(_ candidate: Candidate) {
        candidates.append(candidate)
        guard candidates.count > max(1, settings.maximumPerMinute) else { return }
        let index = leastNeeded()
        let removed = candidates.remove(at: index)
        if index > 0 {
            candidates[index - 1].keyFrame.cover(removed.keyFrame)
        } else if last != nil {
            last?.keyFrame.cover(removed.keyFrame)
        } else if !candidates.isEmpty {
            candidates[0].keyFrame.cover(removed.keyFrame)
        }
    }

    /// At the end of the video.
    mutating func finish() -> [Candidate] {
        let kept = drain()
        defer { last = nil }
        return kept + [last].compactMap { $0 }
    }

    private mutating func drain() -> [Candidate] {
        var kept: [Candidate] = []
        for candidate in candidates {
            // Two that were kept apart by one dropped between them may look the same.
            if let before = last {
                let elapsed = candidate.keyFrame.timeSeconds - before.keyFrame.timeSeconds
                if elapsed < settings.maximumStillGapSeconds, isSame(candidate, before) {
                    last?.keyFrame.cover(candidate.keyFrame)
                    continue
                }
                kept.append(before)
            }
            last = candidate
        }
        candidates.removeAll(keepingCapacity: true)
        return kept
    }

    private func isSame(_ one: Candidate, _ other: Candidate) -> Bool {
        if one.plane.isRewritten(since: other.plane) { return false }
        let difference = one.plane.difference(to: other.plane)
        if difference < settings.nearDuplicateThreshold { return true }
        guard difference < settings.likenessThreshold else { return false }
        // Flat pictures all have the same hash.
        return min(one.plane.brightness.contrast, other.plane.brightness.contrast) > 12
            && PerceptualHash(of: one.plane).distance(to: PerceptualHash(of: other.plane))
                <= settings.nearDuplicateBits
    }

    /// The one with the smallest difference among those that leave no gap longer than allowed;
    /// never the video's first frame.
    private func leastNeeded() -> Int {
        let times = candidates.map(\.keyFrame.timeSeconds)
        let removable = candidates.indices.filter { $0 > 0 || last != nil }
        let harmless = removable.filter { index in
            let before = index > 0 ? times[index - 1] : last?.keyFrame.timeSeconds
            let after = index + 1 < times.count ? times[index + 1] : times[index]
            return before.map { after - $0 <= settings.maximumGapSeconds } ?? true
        }
        return (harmless.isEmpty ? removable : harmless).min { left, right in
            candidates[left].keyFrame.difference < candidates[right].keyFrame.difference
        } ?? candidates.count - 1
    }
}

extension KeyFrame {
    /// Takes over the span of a neighbour.
    fileprivate mutating func cover(_ other: KeyFrame) {
        guard let span = other.shot else { return }
        shot = shot.map { $0.union(span) } ?? span
    }
}
