internal import Foundation

/// A queue between threads that holds only so much: who is too fast waits.
///
/// Unchecked because the compiler cannot see that `condition` is held wherever the rest is touched.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    enum Popped {
        case element(Element)
        case timedOut
        /// Nothing more will come.
        case closed
    }

    private let condition = NSCondition()
    private let capacity: Int
    private var elements: [Element] = []
    private var first = 0
    private var isClosed = false

    init(capacity: Int) {
        precondition(capacity > 0, "A queue holds at least one element.")
        self.capacity = capacity
    }

    var isEmpty: Bool {
        condition.withLock { first == elements.count }
    }

    /// Waits for room.
    /// - Returns: false when the queue was closed; the element is dropped.
    func push(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count - first >= capacity && !isClosed { condition.wait() }
        guard !isClosed else { return false }
        elements.append(element)
        condition.broadcast()
        return true
    }

    /// Waits for an element, a while.
    func pop(waitingAtMost seconds: Double) -> Popped {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while first == elements.count {
            if isClosed { return .closed }
            guard condition.wait(until: deadline) else { break }
        }
        guard first < elements.count else { return .timedOut }
        let element = elements[first]
        first += 1
        if first == elements.count || first >= 2 * capacity {
            elements.removeSubrange(..<first)
            first = 0
        }
        condition.broadcast()
        return .element(element)
    }

    /// Lets what is in the queue be popped, and nothing more be pushed.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
