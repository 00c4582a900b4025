internal import Corpus

extension TimeSpan {
    /// Two moments of an asset are the same one when they share this much of the shorter.
    private static let sameMomentShare = 0.5

    /// The time both share; nil for spans that only touch. An instant inside a span is shared too.
    func intersection(_ other: TimeSpan) -> TimeSpan? {
        let start = max(startSeconds, other.startSeconds)
        let end = min(endSeconds, other.endSeconds)
        let isInstant = durationSeconds == 0 || other.durationSeconds == 0
        return start < end || (isInstant && start == end)
            ? TimeSpan(startSeconds: start, endSeconds: end) : nil
    }

    func isSameMoment(as other: TimeSpan) -> Bool {
        guard let shared = intersection(other) else { return false }
        let shorter = min(durationSeconds, other.durationSeconds)
        return shared.durationSeconds >= shorter * Self.sameMomentShare
    }
}
