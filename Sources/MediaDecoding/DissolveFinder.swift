import Corpus

/// Finds dissolves: the frames between two different pictures are blends of both.
///
/// Coarse planes are compared, on which motion inside the shots hardly shows. Where a camera moves or
/// a thing crosses the picture, the frames between are no blends, and as rich in contrast as others;
/// what changes steadily for long has no ends and is told by what comes before and after.
struct DissolveFinder {
    private static let lengths = [0.4, 0.7, 1.1, 1.6, 2.2]  // seconds
    /// Frames are looked at no closer than this, in seconds.
    private static let stepSeconds = 0.08

    private struct Point {
        var timeSeconds: Double
        var plane: CoarsePlane
        /// Of the finer plane, 0…255.
        var contrast: Double
        /// Black or white: going there and coming back are fades (`BlankFinder`).
        var isBlank: Bool
    }
    private struct Candidate {
        var boundary: ShotBoundary
        /// The higher, the more it is one.
        var strength: Double
        /// How far the change had gone on before it began, as a part of the whole.
        var trendBefore: Double
        var length: Double
        var first: CoarsePlane
        var last: CoarsePlane
    }

    private let settings: ShotSettings
    private var points: [Point] = []
    /// Highest contrast of late.
    private var usualContrast = 0.0
    /// Waiting for what comes after them.
    private var waiting: [Candidate] = []
    private var best: Candidate?

    init(settings: ShotSettings) { self.settings = settings }

    /// - Parameter window: of frames in order of time; the last one is new.
    mutating func add(_ window: [ShotDetector.Measure]) -> [ShotBoundary] {
        guard let now = window.last else { return [] }
        usualContrast = max(now.contrast, usualContrast * 0.998)
        if now.link != .successive {
            let told = finish(window)
            points = [
                Point(
                    timeSeconds: now.timeSeconds, plane: now.coarse, contrast: now.contrast,
                    isBlank: now.isBlank(beside: usualContrast, settings))
            ]
            return told
        }
        if let last = points.last, now.timeSeconds - last.timeSeconds < Self.stepSeconds {
            return []
        }
        points.append(
            Point(
                timeSeconds: now.timeSeconds, plane: now.coarse, contrast: now.contrast,
                isBlank: now.isBlank(beside: usualContrast, settings)))
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
        guard !first.isBlank, !last.isBlank else { return nil }
        let distance = last.plane.distance(to: first.plane)
        // More light, or less, is the same shot.
        let (structure, likeness) = (
            last.plane.structuralDistance(to: first.plane), last.plane.likeness(to: first.plane)
        )
        guard structure >= settings.dissolveThreshold, likeness < 0.8,
            structure >= 0.6 * distance || likeness < 0.5
        else { return nil }
        var share = 0.0
        var miss = 0.0
        var middle = first
        let inner = points[(start + 1)..<(points.count - 1)]
        for point in inner {
            guard let blend = point.plane.blend(from: first.plane, to: last.plane),
                blend.share >= share - 0.1, blend.share - share <= 0.45, blend.miss <= 0.6
            else { return nil }
            if blend.share < 0.5 { middle = point }
            share = max(share, blend.share)
            miss += blend.miss
        }
        miss /= Double(inner.count)
        // Two pictures that have nothing to do with each other have less contrast when mixed
        // (A. M. Alattar, "Detecting and compressing dissolve regions in video sequences", 1993).
        let dips = middle.contrast < 0.93 * (first.contrast + last.contrast) / 2
        guard share >= 0.55, miss <= (dips ? settings.blendTolerance : settings.blendTolerance / 3)
        else { return nil }
        let margin = max(0.3 * length, 0.2)
        let before = points.last { $0.timeSeconds <= first.timeSeconds - margin }
        return Candidate(
            boundary: ShotBoundary(
                timeSeconds: middle.timeSeconds, transition: .dissolve, difference: distance,
                extent: .init(
                    startSeconds: first.timeSeconds, endSeconds: last.timeSeconds)),
            strength: distance * (1 - miss),
            trendBefore: abs(before?.plane.blend(from: first.plane, to: last.plane)?.share ?? 0),
            length: length, first: first.plane, last: last.plane)
    }

    private mutating func judgeWaiting(at seconds: Double, _ plane: CoarsePlane) {
        var still: [Candidate] = []
        for candidate in waiting {
            let margin = max(0.3 * candidate.length, 0.2)
            guard seconds - candidate.boundary.extent.endSeconds >= margin else {
                still.append(candidate)
                continue
            }
            // A steady change goes on as it was: three tenths of it before, three after.
            let share = plane.blend(from: candidate.first, to: candidate.last)?.share ?? 1
            let trend = candidate.trendBefore + abs(share - 1)
            guard trend < 0.35 else { continue }
            let strength = candidate.strength * (1 - trend)
            if strength > best?.strength ?? 0 {
                best = candidate
                best?.strength = strength
            }
        }
        waiting = still
    }
}
