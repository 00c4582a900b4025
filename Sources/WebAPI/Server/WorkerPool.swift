internal import Foundation

/// Threads that run jobs, and a short queue before them. Jobs may block: these are not the threads
/// of Swift's tasks. Threads are made as they are needed, and stay.
final class WorkerPool: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var idleThreads = 0
        var threads = 0
        var running = 0
    }

    private let state = Monitor(State())
    private let name: String
    private let maximumThreads: Int
    private let maximumWaiting: Int

    /// - Parameters:
    ///   - threads: jobs that run at the same time.
    ///   - waiting: jobs that may wait for a thread.
    init(name: String, threads: Int, waiting: Int) {
        self.name = name
        maximumThreads = threads
        maximumWaiting = waiting
    }

    /// - Returns: false when all threads are busy and the queue is full.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        // A job is for one thread: waking all of them for each would cost more than the job.
        let answer: (isTaken: Bool, needsThread: Bool) = state.withLock(waking: .one) { state in
            let free = maximumThreads - state.running
            guard state.waiting.count < maximumWaiting + max(0, free) else { return (false, false) }
            state.waiting.append(job)
            guard state.waiting.count > state.idleThreads, state.threads < maximumThreads else {
                return (true, false)
            }
            state.threads += 1
            return (true, true)
        }
        if answer.needsThread { startThread() }
        return answer.isTaken
    }

    /// Jobs that wait for a thread, and jobs that run.
    var load: (waiting: Int, running: Int) {
        state.withLock(waking: .none) { ($0.waiting.count, $0.running) }
    }

    /// Models compute on these threads, in frames of the size they have on the main one.
    private static let stackBytes = 8 << 20

    private func startThread() {
        let thread = Thread { [self] in
            while true { nextJob()() }
        }
        thread.name = name
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    private func nextJob() -> @Sendable () -> Void {
        state.withLock(waking: .none) { $0.idleThreads += 1 }
        let job: @Sendable () -> Void = state.waitFor { state in
            guard !state.waiting.isEmpty else { return nil }
            state.idleThreads -= 1
            state.running += 1
            return state.waiting.removeFirst()
        }
        return { [state] in
            job()
            state.withLock(waking: .none) { $0.running -= 1 }
        }
    }
}
