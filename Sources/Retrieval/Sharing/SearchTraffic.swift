internal import Dispatch
internal import Synchronization
internal import Tensors

/// The searches at work outside the vector stage, on their way to it or with what it found, and the
/// batches at work inside.
///
/// Rows are read once a batch, whatever its size, so that large batches are cheap. While the searches
/// outside keep all cores busy, a batch that began would only slow them down, and lack those that
/// are about to come. So whoever leads a batch waits until a core has nothing else to do.
///
/// A batch that is spread over cores has one wait for the other at the end of every step. Where there
/// are searches enough for several batches, each keeps to a core of its own and none waits for another.
final class SearchTraffic: Sendable {
    private let cores: Int
    /// Searches in progress, inside and outside.
    private let searchCount: @Sendable () -> Int
    /// How long other searches may hold up a batch.
    private let patience: DispatchTimeInterval
    private let state = Mutex(State())
    private let mayLook = DispatchSemaphore(value: 0)

    /// So many make a batch that gains little from more.
    private static let manyWaiting = 32
    /// Searches for each batch when there are several: fewer would read the rows too often.
    private static let searchesPerBatch = 4

    private struct State {
        var atWork = 0
        var batches = 0
        var awaited = Awaited.nothing
    }

    /// What a batch waits for.
    private enum Awaited {
        case nothing
        /// A core with nothing else to do.
        case quiet
        /// The end of another batch.
        case turn
    }

    init(
        cores: Int, patience: DispatchTimeInterval = .milliseconds(25),
        searchCount: @escaping @Sendable () -> Int
    ) {
        self.cores = cores
        self.patience = patience
        self.searchCount = searchCount
    }

    /// Whether a batch waits.
    var isAwaited: Bool { state.withLock { $0.awaited != .nothing } }

    /// Batches that may be worked on at the same time.
    private var batchesAtOnce: Int { batchesAtOnce(of: searchCount()) }

    private func batchesAtOnce(of searches: Int) -> Int {
        max(1, min(cores, searches / Self.searchesPerBatch))
    }

    /// The most that a batch takes: one that took all would leave nothing for the other cores.
    private var batchLimit: Int {
        let searches = searchCount()
        let batches = batchesAtOnce(of: searches)
        return batches > 1 ? (searches + batches - 1) / batches : .max
    }

    /// The cores that a batch may use now.
    var coresForBatch: Int { cores / batchesAtOnce }

    /// A search at work, until it leaves; or is let go of, as when it fails. Whoever holds it longer
    /// than the search itself holds up others.
    final class Presence: Sendable {
        private let traffic: SearchTraffic
        private let isThere = Atomic<Bool>(true)

        fileprivate init(_ traffic: SearchTraffic) { self.traffic = traffic }

        deinit { leave() }

        func leave() {
            if isThere.exchange(false, ordering: .relaxed) {
                traffic.change { $0.atWork -= 1 }
            }
        }
    }

    func enter() -> Presence {
        state.withLock { $0.atWork += 1 }
        return Presence(self)
    }

    /// Fewer are at work: who waits for that looks again.
    private func change(_ body: (inout State) -> Void) {
        let isDue = state.withLock { state in
            body(&state)
            guard state.awaited != .nothing, hasRoom(state, isPatient: state.awaited == .quiet)
            else { return false }
            state.awaited = .nothing
            return true
        }
        if isDue { mayLook.signal() }
    }

    private func hasRoom(_ state: State, isPatient: Bool) -> Bool {
        let limit = batchesAtOnce
        guard state.batches < limit else { return false }
        guard isPatient else { return true }
        // One batch alone leaves cores idle now and then, which as many others fill.
        return limit == 1 ? state.atWork <= cores : state.batches + state.atWork < cores
    }

    /// Whether a batch of so many is worth while: beside another one it would read all rows for
    /// a few queries, and more are on their way.
    private func isLarge(_ waitingCount: Int, _ state: State) -> Bool {
        state.batches == 0 || 2 * waitingCount >= batchLimit
    }

    /// Returns when a batch may begin: few enough are at work, or there has been time enough. For one
    /// thread at a time.
    /// - Parameter waitingCount: searches in the batch so far.
    func turn(waitingCount: () -> Int) -> BatchTurn {
        let deadline = DispatchTime.now() + patience
        var isPatient = true
        while true {
            let mustWait = state.withLock { state in
                let waitingCount = waitingCount()
                isPatient = isPatient && waitingCount < Self.manyWaiting
                let begins =
                    hasRoom(state, isPatient: isPatient)
                    && (!isPatient || isLarge(waitingCount, state))
                if begins { state.batches += 1 }
                state.awaited = begins ? .nothing : isPatient ? .quiet : .turn
                return !begins
            }
            guard mustWait else { break }
            if isPatient {
                isPatient = waitForChange(until: deadline)
            } else {
                mayLook.wait()
            }
        }
        return BatchTurn(limit: batchLimit) { [self] in change { $0.batches -= 1 } }
    }

    /// - Returns: false when nothing changed until then.
    private func waitForChange(until deadline: DispatchTime) -> Bool {
        guard mayLook.wait(timeout: deadline) == .timedOut else { return true }
        let isSignalled = state.withLock { state in
            defer { state.awaited = .nothing }
            return state.awaited == .nothing
        }
        // It was given between the end of the time and here, and is not for the next one.
        if isSignalled { mayLook.wait() }
        return isSignalled
    }
}
