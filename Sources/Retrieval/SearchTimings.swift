/// The stages of a search, in order.
package enum SearchStage: String, Sendable, CaseIterable {
    /// The query through the models.
    case embed
    case keywords, frames, meaning
    case fuse
    /// The best hits, read again.
    case rerank
}

struct SearchTimings {
    private(set) var secondsByStage: [SearchStage: Double] = [:]

    /// Adds what was measured elsewhere.
    mutating func add(_ seconds: [SearchStage: Double]) {
        secondsByStage.merge(seconds, uniquingKeysWith: +)
    }

    mutating func measure<Result>(
        _ stage: SearchStage, _ body: () throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let elapsed = start.duration(to: .now)
            secondsByStage[stage, default: 0] += elapsed / .seconds(1)
        }
        return try body()
    }
}
