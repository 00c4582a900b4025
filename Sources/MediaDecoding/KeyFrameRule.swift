/// Decides, frame by frame, which frames are worth keeping: the numbers go in, a decision comes out.
///
/// The rule is frame differencing (mean absolute difference of successive grey frames against a
/// threshold), with three additions that the plain rule needs in practice: the frame is taken a
/// moment after the cut, when the picture stands; slow change is measured against the last key
/// frame; and nothing that looks like the last key frame is taken again.
struct KeyFrameRule {
    enum Decision: Equatable {
        case pass
        /// Keep this frame; the difference is that of the cut it follows, or its own.
        case take(difference: Double)
        /// Keep the frame before this one, the last of a shot that ended early.
        case takePrevious(difference: Double)
    }

    /// What is measured on each frame.
    struct Measure {
        var timeSeconds: Double
        /// To the frame before, 0…255.
        var difference: Double
        /// To the last key frame taken, 0…255.
        var change: Double
    }

    private struct Cut {
        var timeSeconds: Double
        var difference: Double
    }

    private let settings: KeyFrameSettings
    private var lastKeySeconds: Double?
    private var pendingCut: Cut?
    private var previous: Measure?
    /// Running mean of the differences of about the last eight frames, cuts left out.
    private var usualDifference = 0.0

    init(settings: KeyFrameSettings) { self.settings = settings }

    /// Call for every frame in order, and `keyFrameTaken` whenever a decision was followed.
    mutating func decide(_ measure: Measure) -> Decision {
        defer { previous = measure }
        guard let lastKeySeconds else { return .take(difference: 0) }
        let isCut =
            measure.difference >= settings.differenceThreshold
            && measure.difference >= settings.outlierRatio * usualDifference
        if !isCut || measure.difference < 2 * settings.differenceThreshold {
            usualDifference += (measure.difference - usualDifference) / 8
        }

        if isCut {
            let ended = pendingCut
            pendingCut = Cut(timeSeconds: measure.timeSeconds, difference: measure.difference)
            if let ended, let previous,
                previous.timeSeconds - ended.timeSeconds >= settings.minimumShotSeconds,
                isNew(previous, since: lastKeySeconds)
            {
                return .takePrevious(difference: ended.difference)
            }
        } else if let cut = pendingCut {
            let stands =
                measure.difference < settings.settledThreshold
                || measure.timeSeconds - cut.timeSeconds >= settings.settleSeconds
            guard stands else { return .pass }
            pendingCut = nil
            if isNew(measure, since: lastKeySeconds) { return .take(difference: cut.difference) }
        }

        let elapsed = measure.timeSeconds - lastKeySeconds
        let isDue =
            elapsed >= settings.maximumGapSeconds
            || elapsed >= settings.driftGapSeconds && measure.change >= settings.driftThreshold
        guard isDue, isNew(measure, since: lastKeySeconds) else { return .pass }
        pendingCut = nil
        return .take(difference: measure.difference)
    }

    /// At the end of the stream: the last shot may be waiting for its picture to stand.
    mutating func finish() -> Decision {
        guard let cut = pendingCut, let previous, let lastKeySeconds else { return .pass }
        pendingCut = nil
        return isNew(previous, since: lastKeySeconds)
            ? .takePrevious(difference: cut.difference) : .pass
    }

    mutating func keyFrameTaken(atSeconds seconds: Double) { lastKeySeconds = seconds }

    private func isNew(_ measure: Measure, since lastKeySeconds: Double) -> Bool {
        measure.change >= settings.nearDuplicateThreshold
            || measure.timeSeconds - lastKeySeconds >= settings.maximumStillGapSeconds
    }
}
