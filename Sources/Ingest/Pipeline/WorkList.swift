internal import Foundation

/// Hands out the files of a run in order, to several threads, never far ahead of what is done.
///
/// Results are committed in order; the bound keeps what waits for its turn small.
///
/// Unchecked because the compiler cannot see that `condition` is held wherever the rest is touched.
final class WorkList: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private let lead: Int
    private var next = 0
    private var done = 0
    private var isStopped = false

    /// - Parameter lead: files handed out beyond those that are done.
    init(count: Int, lead: Int) {
        self.count = count
        self.lead = lead
    }

    /// The next file's number; nil when there are no more, or the run was stopped.
    func take() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while next < count, next >= done + lead, !isStopped { condition.wait() }
        guard next < count, !isStopped else { return nil }
        next += 1
        return next - 1
    }

    /// How many files are left when this one is begun, itself among them.
    func filesLeft(from file: Int) -> Int { count - file }

    /// All files before this one are done.
    func finish(upTo file: Int) {
        condition.withLock {
            done = file
            condition.broadcast()
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    var hasStopped: Bool { condition.withLock { isStopped } }
}
