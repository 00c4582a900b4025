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
        DispatchQueue.concurrentPerform(iterations: min(workers, count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result = Result { try body(index) }
                results.withLock { $0[index] = result }
            }
        }
        return try results.withLock { results in
            try results.map { result in
                guard let result else { preconditionFailure("Every index was worked on.") }
                return try result.get()
            }
        }
    }

    /// Calls `body` with ranges that cover 0..<count, one for each worker, at the same time; each
    /// but the last has at least `minimum` places, since waking a worker costs some microseconds.
    package static func split(
        _ count: Int, atLeast minimum: Int, _ body: @Sendable (Range<Int>) -> Void
    ) {
        let parts = max(1, min(workers, count / max(minimum, 1)))
        guard parts > 1 else { return body(0..<count) }
        let share = (count + parts - 1) / parts
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            body(min(part * share, count)..<min((part + 1) * share, count))
        }
    }
}
