import Dispatch
import Synchronization

/// How many cores a batch is spread over. OpenBLAS stays at one thread; batches are split instead,
/// since its threads spin and two callers with two threads each are slower than one.
package enum Parallelism {
    private static let setting = Atomic<Int>(1)

    /// The most that what runs inside may use; nil for all there are.
    @TaskLocal package static var limit: Int?

    /// Parts of a batch worked on at once. 1 until `configure` is called.
    package static var workers: Int {
        let workers = setting.load(ordering: .relaxed)
        return limit.map { max(1, min($0, workers)) } ?? workers
    }

    /// Called once, by the assembly of the program.
    package static func configure(workers: Int) {
        precondition(workers >= 1, "At least one worker works.")
        setting.store(workers, ordering: .relaxed)
    }

    /// `body(0)` … `body(count - 1)`, at most `workers` at once; results in order. When some fail,
    /// the error of the first in order is thrown, after all have ended.
    package static func map<Value: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        guard count > 1, workers > 1 else { return try (0..<count).map(body) }
        let results = Mutex<[Result<Value, any Error>?]>(Array(repeating: nil, count: count))
        let next = Atomic<Int>(0)
        let parts = min(workers, count)
        // What runs inside has its share of the workers.
        let share = max(1, workers / parts)
        DispatchQueue.concurrentPerform(iterations: parts) { _ in
            $limit.withValue(share) {
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < count else { return }
                    let result = Result { try body(index) }
                    results.withLock { $0[index] = result }
                }
            }
        }
        return try results.withLock { results in
            try results.map { result in
                guard let result else { preconditionFailure("Every index was worked on.") }
                return try result.get()
            }
        }
    }

    /// Calls `body` with ranges that cover 0..<count, at the same time; each but the last has some
    /// multiple of `minimum` places. For pieces of microseconds: `map` is for more.
    package static func split(
        _ count: Int, atLeast minimum: Int, _ body: @Sendable (Range<Int>) -> Void
    ) {
        guard count > 0 else { return }
        let workers = min(workers, (count + minimum - 1) / minimum)
        guard workers > 1 else { return body(0..<count) }
        // Some for each, so that nobody waits long for the last.
        let pieces = (count + minimum - 1) / minimum
        let share = (pieces + 4 * workers - 1) / (4 * workers) * minimum
        let isDone = withoutActuallyEscaping(body) { body in
            WorkerTeam.shared.work(count, share: share, helpers: workers - 1, body)
        }
        if !isDone { body(0..<count) }
    }

    /// Says that work is about to be split, so that who helps is awake by then: that takes longer
    /// than a query's first layer.
    package static func rouse() { WorkerTeam.shared.wake(workers - 1) }
}
