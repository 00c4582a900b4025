internal import Foundation

/// A value that threads wait on: a lock and a condition around it.
///
/// `@unchecked Sendable`: `value` is touched only between `lock` and `unlock` of `condition`, in the
/// two functions below, and leaves them only as what their closures return.
final class Monitor<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    /// Whom a change concerns.
    enum Waiters {
        case none, one, all
    }

    /// Changes the value and wakes who waits for a change.
    /// - Parameter woken: of those who wait; each of them looks whether it can go on.
    func withLock<Result: Sendable>(
        waking woken: Waiters = .all, _ body: (inout Value) throws -> Result
    ) rethrows -> Result {
        condition.lock()
        defer {
            switch woken {
            case .none: break
            case .one: condition.signal()
            case .all: condition.broadcast()
            }
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until the closure returns something. It runs again when woken.
    func waitFor<Result: Sendable>(_ body: (inout Value) throws -> Result?) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try body(&value) { return result }
            condition.wait()
        }
    }
}
