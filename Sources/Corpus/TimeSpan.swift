/// A stretch of an asset's own time line, in seconds from its first frame.
package struct TimeSpan: Sendable, Hashable {
    package var startSeconds: Double
    /// Never before the start.
    package var endSeconds: Double

    package init(startSeconds: Double, endSeconds: Double) {
        self.startSeconds = startSeconds
        self.endSeconds = max(startSeconds, endSeconds)
    }

    package var durationSeconds: Double { endSeconds - startSeconds }

    package func overlaps(_ other: TimeSpan) -> Bool {
        startSeconds <= other.endSeconds && other.startSeconds <= endSeconds
    }

    package func union(_ other: TimeSpan) -> TimeSpan {
        TimeSpan(
            startSeconds: min(startSeconds, other.startSeconds),
            endSeconds: max(endSeconds, other.endSeconds))
    }
}
