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

    /// Changes the value and wakes who waits for a change.
    func withLock<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until the closure returns something. It runs again after every change.
    func waitFor<Result: Sendable>(_ body: (inout Value) throws -> Result?) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try body(&value) { return result }
            condition.wait()
        }
    }
}
