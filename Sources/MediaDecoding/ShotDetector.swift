import Corpus

/// Tells where shots begin, from grey planes: the planes go in, boundaries come out some seconds
/// later, because a flash is only known by the picture being back after it, and a dissolve by its end.
///
/// Cuts: the difference of successive frames passes a threshold, stands out from the differences
/// around it, and the picture does not come back. Dissolves: the frames between two different ones
/// are blends of both, and before and after it the picture changes less (see `DissolveFinder`).
/// Fades: the picture goes blank, black or white.
struct ShotDetector {
    /// A frame as the detector sees it.
    struct Measure {
        var timeSeconds: Double
        var plane: GreyPlane
        /// To the frame before, 0…255.
        var difference: Double
        var link: FrameSample.Link

        init(timeSeconds: Double, plane: GreyPlane, difference: Double, link: FrameSample.Link) {
            self.timeSeconds = timeSeconds
            self.plane = plane
            self.difference = difference
            self.link = link
            (mean, contrast) = plane.brightness
            coarse = CoarsePlane(of: plane)
            histogram = plane.histogram
        }

        /// Brightness, 0…255.
        let mean: Double
        let contrast: Double
        let coarse: CoarsePlane
        let histogram: GreyHistogram
        /// Part of the pixels with another grey than in the frame before, 0…1.
        fileprivate(set) var redistribution = 0.0
    }

    /// Boundaries older than this are certain, in seconds.
    static let delaySeconds = 4.0
    /// How much later a cut is decided, in seconds.
    private static let lookAheadSeconds = 1.2
    /// Frames compared with on each side of a cut.
    private static let neighbours = 6
    private static let longestMemory = 512  // frames

    private let settings: ShotSettings
    private var window: [Measure] = []
    /// The first of the window that is not yet judged as a cut.
    private var undecided = 0
    /// Up to here an interruption was found to be a flash.
    private var flashEndsSeconds = -Double.infinity
    private var dissolves: DissolveFinder
    private var blanks: BlankFinder
    private var found: [ShotBoundary] = []
    /// The boundaries said last.
    private var said: [ShotBoundary] = []
    private var lastBoundarySeconds: Double?

    init(settings: ShotSettings) {
        self.settings = settings
        dissolves = DissolveFinder(settings: settings)
        blanks = BlankFinder(settings: settings)
    }

    /// Takes frames in order of time; returns the boundaries that have become certain, in order.
    mutating func add(_ measure: Measure) -> [ShotBoundary] {
        if lastBoundarySeconds == nil { lastBoundarySeconds = measure.timeSeconds }
        var measure = measure
        if let previous = window.last {
            measure.redistribution = measure.histogram.distance(to: previous.histogram)
        }
        window.append(measure)
        found += blanks.add(window)
        found += dissolves.add(window)
        decideCuts(until: measure.timeSeconds - Self.lookAheadSeconds)
        forget(before: measure.timeSeconds - Self.delaySeconds - Self.lookAheadSeconds)
        return settle(until: measure.timeSeconds - Self.delaySeconds)
    }

    mutating func finish() -> [ShotBoundary] {
        found += blanks.finish(window)
        found += dissolves.finish(window)
        decideCuts(until: .infinity)
        return settle(until: .infinity)
    }

    private mutating func forget(before seconds: Double) {
        var count = window.prefix { $0.timeSeconds < seconds }.count
        count = max(count, window.count - Self.longestMemory)
        // Seldom, so that the rest is seldom moved.
        guard count >= 64 else { return }
        undecided = max(0, undecided - count)
        window.removeFirst(count)
    }

    private mutating func decideCuts(until seconds: Double) {
        while undecided < window.count, window[undecided].timeSeconds <= seconds {
            if undecided > 0, let cut = cut(at: undecided) { found.append(cut) }
            undecided += 1
        }
    }

    private mutating func cut(at index: Int) -> ShotBoundary? {
        let measure = window[index]
        let boundary = ShotBoundary(
            timeSeconds: measure.timeSeconds, transition: .cut, difference: measure.difference,
            extent: .init(
                startSeconds: window[index - 1].timeSeconds, endSeconds: measure.timeSeconds))
        switch measure.link {
        case .cut: break
        case .quiet: return nil
        case .successive:
            guard measure.difference >= settings.cutThreshold,
                measure.timeSeconds >= flashEndsSeconds, standsOut(index)
            else { return nil }
        }
        if let end = endOfFlash(from: index) {
            flashEndsSeconds = end
            return nil
        }
        return boundary
    }

    /// Whether a frame differs from the one before more than its neighbours do.
    ///
    /// Between a still and a restless shot it need only differ more than the restless one does; in
    /// pictures that flicker all over, the distribution of grey tells one from another.
    private func standsOut(_ index: Int) -> Bool {
        let before = usual(max(0, index - Self.neighbours)..<index)
        let after = usual((index + 1)..<min(window.count, index + 1 + Self.neighbours))
        let measure = window[index]
        let (least, most) = (
            min(before.difference, after.difference), max(before.difference, after.difference)
        )
        if measure.difference >= settings.outlierRatio * (least + most) / 2 { return true }
        if measure.difference >= settings.outlierRatio * least, measure.difference >= 1.25 * most {
            return true
        }
        let redistribution = max(before.redistribution, after.redistribution)
        return measure.redistribution >= max(0.3, 4 * redistribution)
    }

    /// Medians over a range of the window; 0 for an empty one.
    private func usual(_ range: Range<Int>) -> (difference: Double, redistribution: Double) {
        let measures = range.map { window[$0] }.filter { $0.link == .successive }
        guard !measures.isEmpty else { return (0, 0) }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return (median(measures.map(\.difference)), median(measures.map(\.redistribution)))
    }

    /// When the picture is as it was before this frame again, if it is soon.
    private func endOfFlash(from index: Int) -> Double? {
        let (before, first) = (window[index - 1], window[index])
        let isBrighter = first.mean - before.mean > 0.8 * first.difference
        let longest = isBrighter ? settings.brightFlashSeconds : settings.flashSeconds
        for measure in window[(index + 1)...] {
            if measure.timeSeconds - first.timeSeconds > longest { break }
            guard settings.isBack(measure, before, interruptedBy: first) else { continue }
            // Behind the frame with which the picture came back.
            return measure.timeSeconds + 1e-6
        }
        return nil
    }

    /// Boundaries up to a time, each said once: a fade before a dissolve before a cut.
    private mutating func settle(until seconds: Double) -> [ShotBoundary] {
        let ready = found.filter { $0.timeSeconds <= seconds }
            .sorted { $0.timeSeconds < $1.timeSeconds }
        guard !ready.isEmpty else { return [] }
        found.removeAll { $0.timeSeconds <= seconds }
        var certain: [ShotBoundary] = []
        for boundary in ready {
            let isPart =
                (ready + found).contains { other in
                    rank(other) > rank(boundary) && other.extent.overlaps(boundary.extent)
                }
                || said.contains { other in
                    (rank(other), rank(boundary)) != (2, 2)
                        && other.extent.overlaps(boundary.extent)
                }
            let gap = boundary.timeSeconds - (lastBoundarySeconds ?? 0)
            guard !isPart, gap >= settings.minimumShotSeconds else { continue }
            lastBoundarySeconds = boundary.timeSeconds
            said = said.suffix(3) + [boundary]
            certain.append(boundary)
        }
        return certain
    }

    /// Of two that tell the same change, the higher one is kept: a cut beside a black picture is
    /// part of a fade, but a real cut is no dissolve.
    private func rank(_ boundary: ShotBoundary) -> Int {
        switch boundary.transition {
        case .fade: 3
        case .cut: 2
        case .dissolve, .start: 1
        }
    }
}

extension ShotSettings {
    /// Whether the picture is what it was before another one interrupted it.
    func isBack(
        _ now: ShotDetector.Measure, _ before: ShotDetector.Measure,
        interruptedBy first: ShotDetector.Measure
    ) -> Bool {
        // However bright the flash was, what comes back is no other picture.
        let allowed = min(max(6, flashReturn * first.difference), flashReturnLimit)
        if now.plane.difference(to: before.plane) <= allowed { return true }
        // Pictures that flicker all over never come back pixel by pixel.
        let distance = now.histogram.distance(to: before.histogram)
        return distance < 0.12 && first.redistribution >= 3 * distance
    }
}
