internal import Foundation

/// What happens to a job, for one who follows it: events are kept until they are taken, as many as
/// there is room for. One who is slow misses events of files, and never how the job stands.
///
/// `@unchecked Sendable`: everything behind `condition` is touched only while it is locked, in the
/// functions below, and events leave as values.
package final class JobFollower: @unchecked Sendable {
    package enum Next: Sendable {
        case event(JobEvent)
        /// Nothing happened in the time that was given.
        case silence
        /// `done` was the last.
        case end
    }

    private let condition = NSCondition()
    private let capacity: Int
    private var events: [JobEvent] = []
    private var isClosed = false

    init(capacity: Int) {
        precondition(capacity >= 3, "There is room for a job's state, its progress and its end.")
        self.capacity = capacity
    }

    package func next(waitingAtMost seconds: Double) -> Next {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while events.isEmpty {
            guard !isClosed else { return .end }
            guard condition.wait(until: deadline) else { break }
        }
        return events.isEmpty ? .silence : .event(events.removeFirst())
    }

    func tell(_ event: JobEvent) {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return }
        if case .done = event { isClosed = true }
        if case .progress = event {
            // Only the last counts.
            events.removeAll { if case .progress = $0 { true } else { false } }
        }
        if events.count >= capacity,
            let oldest = events.firstIndex(where: { if case .file = $0 { true } else { false } })
        {
            events.remove(at: oldest)
        }
        events.append(event)
        condition.broadcast()
    }
}
