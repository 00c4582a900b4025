internal import Foundation
internal import Synchronization

/// Runs of indexing that the server was asked for, one at a time and in the order they came.
///
/// A job that is cancelled ends as a run does at Ctrl-C: what is whole is committed. Finished jobs
/// are remembered, the last hundred, until the server ends.
package final class JobQueue: Sendable {
    /// Indexes; the same as `Application.index`.
    package typealias Run =
        @Sendable (
            _ request: IndexRequest, _ report: (IndexEvent) throws -> Void,
            _ progress: (IndexProgress) -> Void, _ isCancelled: () -> Bool
        ) throws -> IndexAnswer

    /// Why a job is not taken on.
    package enum Refusal: Error, Equatable, CustomStringConvertible {
        case full(waiting: Int)
        case stopping
        case unknownJob(String)

        package var description: String {
            switch self {
            case .full(let waiting):
                "\(waiting) jobs are waiting already. Try again when one is done."
            case .stopping:
                "The server is being stopped and takes on no more work."
            case .unknownJob(let id):
                "There is no job \(id): only the last \(JobQueue.remembered) are remembered, "
                    + "until the server ends."
            }
        }
    }

    private struct Entry {
        var job: IngestJob
        var isCancelled = false
        var followers: [JobFollower] = []
        /// When they were last told how far it is.
        var told: ContinuousClock.Instant?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Ids of all entries, oldest first.
        var order: [String] = []
        /// Ids of those that wait, in their order.
        var waiting: [String] = []
        var hasWorker = false
        var isStopping = false
    }

    /// Jobs that may wait while one runs.
    package static let waitingLimit = 16
    /// Finished jobs that are remembered.
    package static let remembered = 100
    private static let followerCapacity = 256
    /// Between two tellings of how far a job is, unless a file is done.
    private static let tellingInterval = Duration.milliseconds(250)
    /// Recognisers keep large frames on the stack, in bytes.
    private static let stackBytes = 8 << 20

    private let state = Mutex(State())
    private let run: Run
    private let workers = DispatchGroup()

    package init(run: @escaping Run) {
        self.run = run
    }

    /// Jobs that index into the application's library.
    package convenience init(_ application: Application) {
        self.init { request, report, progress, isCancelled in
            try application.index(
                request, report: report, progress: progress, isCancelled: isCancelled)
        }
    }

    // MARK: Asking

    package func submit(_ request: IndexRequest) throws(Refusal) -> IngestJob {
        let job = IngestJob(request: request, created: Date().timeIntervalSince1970)
        let (refusal, needsWorker) = state.withLock { state -> (Refusal?, Bool) in
            guard !state.isStopping else { return (.stopping, false) }
            guard state.waiting.count < Self.waitingLimit else {
                return (.full(waiting: state.waiting.count), false)
            }
            state.entries[job.id] = Entry(job: job)
            state.order.append(job.id)
            state.waiting.append(job.id)
            defer { state.hasWorker = true }
            return (nil, !state.hasWorker)
        }
        if let refusal { throw refusal }
        if needsWorker { startWorker() }
        return job
    }

    /// Newest first.
    package func jobs() -> [IngestJob] {
        state.withLock { state in state.order.reversed().compactMap { state.entries[$0]?.job } }
    }

    package func job(_ id: String) throws(Refusal) -> IngestJob {
        guard let job = state.withLock({ $0.entries[id]?.job }) else { throw .unknownJob(id) }
        return job
    }

    /// Follows a job from here on: first how it stands is told, and in the end that it is over.
    package func follow(_ id: String) throws(Refusal) -> JobFollower {
        let follower = state.withLock { state -> JobFollower? in
            guard let job = state.entries[id]?.job else { return nil }
            let follower = JobFollower(capacity: Self.followerCapacity)
            follower.tell(.state(job))
            if job.state.isFinal {
                follower.tell(.done(job))
            } else {
                state.entries[id]?.followers.append(follower)
            }
            return follower
        }
        guard let follower else { throw .unknownJob(id) }
        return follower
    }

    /// Lets go of a follower who has gone.
    package func unfollow(_ id: String, _ follower: JobFollower) {
        state.withLock { $0.entries[id]?.followers.removeAll { $0 === follower } }
    }

    /// Stops a job at the next safe place; one that is over stays as it is.
    package func cancel(_ id: String) throws(Refusal) -> IngestJob {
        let job = state.withLock { state -> IngestJob? in
            state.entries[id]?.isCancelled = true
            if let place = state.waiting.firstIndex(of: id) {
                state.waiting.remove(at: place)
                Self.end(id, in: &state) { $0.state = .cancelled }
            }
            return state.entries[id]?.job
        }
        guard let job else { throw .unknownJob(id) }
        return job
    }

    /// Takes on no more jobs, and cancels all there are.
    package func beginStopping() {
        state.withLock { state in
            state.isStopping = true
            for id in state.order { state.entries[id]?.isCancelled = true }
            for id in state.waiting { Self.end(id, in: &state) { $0.state = .cancelled } }
            state.waiting = []
        }
    }

    /// Waits until nothing runs or waits.
    /// - Returns: false when the time was over first.
    package func waitUntilIdle(atMost seconds: Double) -> Bool {
        workers.wait(timeout: .now() + seconds) == .success
    }

    // MARK: Working

    private func startWorker() {
        workers.enter()
        let thread = Thread { [self] in
            while let job = takeNext() { run(job) }
            workers.leave()
        }
        thread.name = "reel ingest"
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Nil when nothing waits: then there is no worker any more.
    private func takeNext() -> IngestJob? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.hasWorker = false
                return nil
            }
            let id = state.waiting.removeFirst()
            state.entries[id]?.job.state = .running
            state.entries[id]?.job.started = Date().timeIntervalSince1970
            let job = state.entries[id]?.job
            if let job { Self.tell(.progress(job), to: id, in: state) }
            return job
        }
    }

    private func run(_ job: IngestJob) {
        let start = ContinuousClock.now
        let result = Result {
            try run(
                job.request, { report($0, of: job.id) },
                { progress in
                    advance(
                        job.id,
                        to: JobProgress(
                            progress, elapsedSeconds: start.duration(to: .now) / .seconds(1)))
                },
                { state.withLock { $0.entries[job.id]?.isCancelled ?? true } })
        }
        state.withLock { state in
            Self.end(job.id, in: &state) { job in
                switch result {
                case .success(let answer):
                    job.outcome = answer
                    job.state = answer.wasInterrupted ? .cancelled : .succeeded
                    if job.state == .succeeded { job.progress.complete() }
                case .failure(let error):
                    let failure = Failure(error)
                    job.state = failure.cause == .interrupted ? .cancelled : .failed
                    job.problem = failure.description
                }
            }
        }
    }

    private func report(_ event: IndexEvent, of id: String) {
        state.withLock { state in
            if event.outcome == .failed {
                let failure = FileProblem(path: event.path, problem: event.reason ?? "")
                if (state.entries[id]?.job.failures.count ?? 0) < IngestJob.failureLimit {
                    state.entries[id]?.job.failures.append(failure)
                }
            }
            // A folder may hold thousands of other files: they are counted in the outcome.
            guard event.outcome != .skipped, event.outcome != .unchanged else { return }
            Self.tell(.file(event), to: id, in: state)
        }
    }

    private func advance(_ id: String, to progress: JobProgress) {
        state.withLock { state in
            guard var entry = state.entries[id] else { return }
            let now = ContinuousClock.now
            let isDue =
                entry.told.map { $0.duration(to: now) >= Self.tellingInterval } ?? true
                || entry.job.progress.filesDone != progress.filesDone
            entry.job.progress = progress
            if isDue { entry.told = now }
            state.entries[id] = entry
            if isDue { Self.tell(.progress(entry.job), to: id, in: state) }
        }
    }

    private static func tell(_ event: JobEvent, to id: String, in state: State) {
        for follower in state.entries[id]?.followers ?? [] { follower.tell(event) }
    }

    /// Ends a job, tells those who follow it, and forgets the oldest that are over.
    private static func end(
        _ id: String, in state: inout State, _ change: (inout IngestJob) -> Void
    ) {
        guard var job = state.entries[id]?.job else { return }
        change(&job)
        job.progress.path = nil
        job.finished = Date().timeIntervalSince1970
        state.entries[id]?.job = job
        tell(.done(job), to: id, in: state)
        state.entries[id]?.followers = []
        let over = state.order.filter { state.entries[$0]?.job.state.isFinal ?? true }
        for old in over.dropLast(remembered) {
            state.entries[old] = nil
            state.order.removeAll { $0 == old }
        }
    }
}
