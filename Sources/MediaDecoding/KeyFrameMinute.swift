import Corpus

/// The key frames of the current minute, held back until it is known which of them may stay.
struct KeyFrameMinute {
    struct Candidate {
        var keyFrame: KeyFrame
        var picture: Picture
        var plane: GreyPlane
    }

    private let settings: KeyFrameSettings
    private(set) var candidates: [Candidate] = []
    private var minute = 0
    /// The last key frame handed out, with its plane.
    private var lastSent: Candidate?

    init(settings: KeyFrameSettings) { self.settings = settings }

    /// The minute a time falls into has begun: returns what the minutes before it keep.
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
        candidates.remove(at: leastNeeded())
    }

    mutating func drain() -> [Candidate] {
        var kept: [Candidate] = []
        for candidate in candidates {
            // Two that were kept apart by one dropped between them may look the same.
            if let last = kept.last ?? lastSent {
                let isSame =
                    candidate.plane.difference(to: last.plane) < settings.nearDuplicateThreshold
                let elapsed = candidate.keyFrame.timeSeconds - last.keyFrame.timeSeconds
                if isSame, elapsed < settings.maximumStillGapSeconds { continue }
            }
            kept.append(candidate)
        }
        lastSent = kept.last ?? lastSent
        candidates.removeAll(keepingCapacity: true)
        return kept
    }

    /// The one with the smallest difference among those that leave no gap longer than allowed;
    /// never the video's first frame.
    private func leastNeeded() -> Int {
        let times = candidates.map(\.keyFrame.timeSeconds)
        let removable = candidates.indices.filter { candidates[$0].keyFrame.frame > 0 }
        let harmless = removable.filter { index in
            let before = index > 0 ? times[index - 1] : lastSent?.keyFrame.timeSeconds
            let after = index + 1 < times.count ? times[index + 1] : times[index]
            return before.map { after - $0 <= settings.maximumGapSeconds } ?? true
        }
        return (harmless.isEmpty ? removable : harmless).min { left, right in
            candidates[left].keyFrame.difference < candidates[right].keyFrame.difference
        } ?? candidates.count - 1
    }
}
