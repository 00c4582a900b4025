/// What `reel texts build` and `info` print.
package struct TextBuildDocument: Encodable, Sendable {
    package var passages: Int
    package var bytes: Int
    /// What cut the words.
    package var terms: String
    package var seconds: Double?
}

/// What `reel texts search` prints. Times are of searches alone, one after another.
package struct TextSearchDocument: Encodable, Sendable {
    package var queries: Int
    /// Milliseconds, half of the queries.
    package var p50Milliseconds: Double
    /// Milliseconds, 95 of 100 queries.
    package var p95Milliseconds: Double
    package var openSeconds: Double

    enum CodingKeys: String, CodingKey {
        case queries
        case p50Milliseconds = "p50_ms"
        case p95Milliseconds = "p95_ms"
        case openSeconds = "open_seconds"
    }

    init(milliseconds: [Double], openSeconds: Double) {
        let sorted = milliseconds.sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
        queries = sorted.count
        p50Milliseconds = quantile(0.5)
        p95Milliseconds = quantile(0.95)
        self.openSeconds = openSeconds
    }
}
