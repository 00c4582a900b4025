internal import Corpus

/// Times as the catalogue keeps them: whole milliseconds on the asset's time line.
enum StoredTime {
    /// Clamped: a time that a file made up must not stop the program.
    static func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite ? Int((min(max(seconds, 0), 1e12) * 1000).rounded()) : 0
    }

    static func span(_ start: Int64, _ end: Int64) -> TimeSpan {
        TimeSpan(startSeconds: Double(start) / 1000, endSeconds: Double(end) / 1000)
    }
}
