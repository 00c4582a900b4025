internal import Dispatch
internal import Synchronization

/// The searches at work outside the vector stage: on their way to it, or with what it found.
///
/// Rows are read once a batch, whatever its size, so that large batches are cheap. While these
/// searches keep all cores busy, a batch that began would only slow them down, and lack those that
/// are about to come. So whoever leads a batch waits until no more are at work than there are cores:
/// these fill what a batch leaves idle when one of its threads is done before the other.
final class SearchTraffic: Sendable {
    private let cores: Int
    /// How long other searches may hold up a batch.
    private let patience: DispatchTimeInterval
    private let state = Mutex(State())
    private let isQuiet = DispatchSemaphore(value: 0)

    /// So many make a batch that gains little from more.
    private static let manyWaiting = 32

    private struct State {
        var atWork = 0
        var isAwaited = false
    }

    init(cores: Int, patience: DispatchTimeInterval = .milliseconds(10)) {
        self.cores = cores
        self.patience = patience
    }

    /// Whether a batch waits.
    var isAwaited: Bool { state.withLock { $0.isAwaited } }

    /// A search at work, until it leaves; or is let go of, as when it fails. Whoever holds it longer
    /// than the search itself holds up others.
    final class Presence: Sendable {
        private let traffic: SearchTraffic
        private let isThere = Atomic<Bool>(true)

        fileprivate init(_ traffic: SearchTraffic) { self.traffic = traffic }

        deinit { leave() }

        func leave() {
            if isThere.exchange(false, ordering: .relaxed) { traffic.oneLeft() }
        }
    }

    func enter() -> Presence {
        state.withLock { $0.atWork += 1 }
        return Presence(self)
    }

    private func oneLeft() {
        let wakes = state.withLock { state in
            state.atWork -= 1
            guard state.isAwaited, state.atWork <= cores else { return false }
            state.isAwaited = false
            return true
        }
        if wakes { isQuiet.signal() }
    }

    /// Returns when few enough are at work, or when there has been time enough. For one thread at a time.
    /// - Parameter waitingCount: searches in the batch so far.
    func waitForCompany(waitingCount: Int) {
        let mustWait = state.withLock { state in
            state.isAwaited = state.atWork > cores && waitingCount < Self.manyWaiting
            return state.isAwaited
        }
        guard mustWait, isQuiet.wait(timeout: .now() + patience) == .timedOut else {
            return
        }
        let isSignalled = state.withLock { state in
            defer { state.isAwaited = false }
            return !state.isAwaited
        }
        // It was given between the end of the time and here, and is not for the next one.
        if isSignalled { isQuiet.wait() }
    }
}
