import Corpus

/// Finds dissolves: the frames between two different pictures are blends of both.
///
/// Coarse planes are compared, on which motion inside the shots hardly shows. A camera that moves, or
/// a thing that crosses the picture, changes cells one after the other, so the frames between are no
/// blends; what changes steadily for long has no ends and is told by what comes before and after.
struct DissolveFinder {
    private static let lengths = [0.4, 0.7, 1.1, 1.6, 2.2]  // seconds
    /// Frames are looked at no closer than this, in seconds.
    private static let stepSeconds = 0.08

    private struct Point {
        var timeSeconds: Double
        var plane: CoarsePlane
    }
    private struct Candidate {
        var boundary: ShotBoundary
        /// The higher, the more it is one.
        var strength: Double
        /// Change just before it, as a part of its own.
        var changeBefore: Double
        var length: Double
        var last: CoarsePlane
        var distance: Double
    }

    private let settings: ShotSettings
    private var points: [Point] = []
    /// Waiting for what comes after them.
    private var waiting: [Candidate] = []
    private var best: Candidate?

    init(settings: ShotSettings) { self.settings = settings }

    /// - Parameter window: of frames in order of time; the last one is new.
    mutating func add(_ window: [ShotDetector.Measure]) -> [ShotBoundary] {
        guard let now = window.last else { return [] }
        if now.link != .successive {
            let told = finish(window)
            points = [Point(timeSeconds: now.timeSeconds, plane: now.coarse)]
            return told
        }
        if let last = points.last, now.timeSeconds - last.timeSeconds < Self.stepSeconds {
            return []
        }
        points.append(Point(timeSeconds: now.timeSeconds, plane: now.coarse))
        if points.count > 256 { points.removeFirst(128) }
        for length in Self.lengths {
            if let candidate = candidate(length: length) { waiting.append(candidate) }
        }
        judgeWaiting(at: now.timeSeconds, now.coarse)
        guard let best, now.timeSeconds - best.boundary.extent.endSeconds > 1 else { return [] }
        self.best = nil
        return [best.boundary]
    }

    mutating func finish(_ window: [ShotDetector.Measure]) -> [ShotBoundary] {
        waiting.removeAll()
        defer { best = nil }
        return best.map { [$0.boundary] } ?? []
    }

    /// The last `length` seconds, if they are a dissolve.
    private func candidate(length: Double) -> Candidate? {
        guard let last = points.last,
            let start = points.lastIndex(where: { $0.timeSeconds <= last.timeSeconds - length }),
            points.count - start >= 6
        else { return nil }
        let first = points[start]
        let distance = last.plane.distance(to: first.plane)
        guard distance >= settings.dissolveThreshold,
            last.plane.likeness(to: first.plane) < 0.8
        else { return nil }
        var share = 0.0
        var miss = 0.0
        var middleSeconds = first.timeSeconds
        let inner = points[(start + 1)..<(points.count - 1)]
        for point in inner {
            guard let blend = point.plane.blend(from: first.plane, to: last.plane),
                blend.share >= share - 0.1, blend.share - share <= 0.45, blend.miss <= 0.6
            else { return nil }
            if blend.share < 0.5 { middleSeconds = point.timeSeconds }
            share = max(share, blend.share)
            miss += blend.miss
        }
        miss /= Double(inner.count)
        guard share >= 0.55, miss <= settings.blendTolerance else { return nil }
        let margin = max(0.3 * length, 0.2)
        let before = points.last { $0.timeSeconds <= first.timeSeconds - margin }
        return Candidate(
            boundary: ShotBoundary(
                timeSeconds: middleSeconds, transition: .dissolve, difference: distance,
                extent: .init(
                    startSeconds: first.timeSeconds, endSeconds: last.timeSeconds)),
            strength: distance * (1 - miss),
            changeBefore: (before?.plane.distance(to: first.plane) ?? 0) / distance,
            length: length, last: last.plane, distance: distance)
    }

    private mutating func judgeWaiting(at seconds: Double, _ plane: CoarsePlane) {
        var still: [Candidate] = []
        for candidate in waiting {
            let margin = max(0.3 * candidate.length, 0.2)
            guard seconds - candidate.boundary.extent.endSeconds >= margin else {
                still.append(candidate)
                continue
            }
            let after = plane.distance(to: candidate.last) / candidate.distance
            // A steady change goes on as it was: three tenths before and after.
            guard candidate.changeBefore + after < 0.45 else { continue }
            let strength = candidate.strength * (1 - (candidate.changeBefore + after))
            if strength > best?.strength ?? 0 {
                best = candidate
                best?.strength = strength
            }
        }
        waiting = still
    }
}
