internal import Synchronization

/// How many searches run at the same time, so that each uses its share of the cores: one alone is
/// spread over all of them, many are quickest when each keeps to one.
package final class Load: Sendable {
    private let cores: Int
    private let running = Atomic<Int>(0)

    package init(cores: Int) {
        precondition(cores >= 1, "There is a core.")
        self.cores = cores
    }

    /// Searches in progress.
    package var count: Int { running.load(ordering: .relaxed) }

    /// Cores for one of them.
    package var share: Int { max(1, cores / max(1, count)) }

    package func counted<Result>(_ body: () throws -> Result) rethrows -> Result {
        running.wrappingAdd(1, ordering: .relaxed)
        defer { running.wrappingSubtract(1, ordering: .relaxed) }
        return try body()
    }

    /// Runs arithmetic on this moment's share of the cores.
    package func shared<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Parallelism.$limit.withValue(share, operation: body)
    }
}
