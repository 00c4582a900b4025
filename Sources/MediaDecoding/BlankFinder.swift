import Corpus

/// Finds fades: stretches in which the picture is black or white, between two others.
struct BlankFinder {
    /// A stretch without a picture.
    private struct Blank {
        var startSeconds: Double
        var first: ShotDetector.Measure
        /// The frame before it, and one well before it.
        var justBefore: ShotDetector.Measure
        var before: CoarsePlane
        var endSeconds = 0.0
        /// The picture was back at once, as it was.
        var isInterruption = false
    }

    /// The pictures compared lie this far from the blank stretch, in seconds: fades take time.
    private static let distanceSeconds = 0.7

    private let settings: ShotSettings
    private var current: Blank?
    private var ended: [Blank] = []
    /// Highest contrast of late: what a picture has here.
    private var usualContrast = 0.0

    init(settings: ShotSettings) { self.settings = settings }

    /// - Parameter window: of frames in order of time; the last one is new.
    mutating func add(_ window: [ShotDetector.Measure]) -> [ShotBoundary] {
        guard let now = window.last else { return [] }
        let isBlank = now.isBlank(beside: usualContrast, settings)
        usualContrast = max(now.contrast, usualContrast * 0.998)
        if isBlank, current == nil, usualContrast > 12, window.count > 1 {
            let before = window[window.count - 2]
            let earlier =
                window.last { $0.timeSeconds <= now.timeSeconds - Self.distanceSeconds } ?? before
            current = Blank(
                startSeconds: now.timeSeconds, first: now, justBefore: before,
                before: earlier.coarse)
        } else if !isBlank, var blank = current {
            blank.endSeconds = now.timeSeconds
            blank.isInterruption =
                blank.first.difference >= settings.cutThreshold
                && blank.justBefore.difference < blank.first.difference / 2
                && settings.isBack(now, blank.justBefore, interruptedBy: blank.first)
            ended.append(blank)
            current = nil
        }
        return decide {
            now.timeSeconds - $0.endSeconds >= Self.distanceSeconds
        } by: {
            now
        }
    }

    mutating func finish(_ window: [ShotDetector.Measure]) -> [ShotBoundary] {
        decide { _ in
            true
        } by: {
            window.last
        }
    }

    private mutating func decide(
        _ isReady: (Blank) -> Bool, by last: () -> ShotDetector.Measure?
    ) -> [ShotBoundary] {
        guard let blank = ended.first, isReady(blank), let now = last() else { return [] }
        ended.removeFirst()
        let length = blank.endSeconds - blank.startSeconds
        let change = now.coarse.distance(to: blank.before)
        let separates =
            length >= settings.blankSeconds
            || !blank.isInterruption && change >= settings.dissolveThreshold
        guard separates else { return [] }
        return [
            ShotBoundary(
                timeSeconds: max(blank.startSeconds, blank.endSeconds - min(length / 2, 0.5)),
                transition: .fade, difference: max(change, blank.first.difference),
                extent: .init(
                    startSeconds: blank.startSeconds - 0.6, endSeconds: blank.endSeconds + 0.6))
        ]
    }
}

extension ShotDetector.Measure {
    /// Black or white, or nearly, beside pictures of a usual contrast.
    func isBlank(beside usualContrast: Double, _ settings: ShotSettings) -> Bool {
        contrast < max(settings.blankContrast, 0.12 * usualContrast)
            && !(44...216).contains(mean)
    }
}
