import CKernels
internal import Dispatch
import Glibc
internal import Synchronization

/// Threads that help one caller with many small pieces of work, each of a few microseconds: a query
/// through a network is some thirty of them. Waking a sleeping thread costs more than such a piece,
/// so a helper that has just worked watches for the next piece before it sleeps again; and the
/// caller never waits for one that has not come yet, it does all pieces that nobody has taken.
///
/// `@unchecked Sendable` because of `job`, a variable: only the caller that holds `isTaken` writes
/// it, before it opens seats and after all who took one have left; helpers read it only between
/// taking a seat and leaving. Only that caller touches `threads`, `aloneUntil` and `timeAlone`.
final class WorkerTeam: @unchecked Sendable {
    /// Pieces of one job are counted up from 0 by all who work on it.
    private struct Job {
        var body: (Range<Int>) -> Void
        var count: Int
        var share: Int
    }

    private var job: Job?
    private var threads = 0
    /// When helpers are asked again, in nanoseconds since the machine started.
    private var aloneUntil: UInt64 = 0
    private let next = Atomic<Int>(0)
    private let isTaken = Atomic<Bool>(false)
    /// The job's number (upper 32 bits), free seats (16 bits), helpers at work (16 bits).
    private let state = Atomic<UInt64>(0)
    /// Helpers that sleep or are about to, less those that a caller has promised to wake.
    private let sleepers = Atomic<Int>(0)
    private let bell = DispatchSemaphore(value: 0)
    /// The helpers, as the system numbers its threads.
    private let helpers = Mutex<[Int32]>([])
    /// The processor that helpers keep off: that of the caller who woke some last.
    private let callersProcessor = Atomic<Int>(-1)

    /// The process's, whose helpers live as long as it does.
    static let shared = WorkerTeam()

    private init() {}

    /// How long a helper watches for more before it sleeps, nanoseconds: longer than what lies
    /// between two steps of a network, short enough that a machine with nothing to do is idle.
    private static let patience: UInt64 = 50_000

    /// A helper that is kept from its piece for so long, nanoseconds, was made to wait by other
    /// programs. The machine is busy then, and for a while callers do better alone: longer each time
    /// that it is found busy still.
    private static let longestWait: UInt64 = 200_000
    private static let shortestTimeAlone: UInt64 = 1_000_000
    private static let longestTimeAlone: UInt64 = 50_000_000
    private var timeAlone = shortestTimeAlone

    /// Calls `body` with ranges of up to `share` places that cover 0..<count, on the calling thread
    /// and on up to `helpers` others.
    /// - Returns: false, having done nothing, when the team is busy with another caller's work or the
    ///   machine with that of other programs.
    func work(
        _ count: Int, share: Int, helpers: Int, _ body: @escaping (Range<Int>) -> Void
    ) -> Bool {
        guard !isTaken.exchange(true, ordering: .acquiring) else { return false }
        defer { isTaken.store(false, ordering: .releasing) }
        guard aloneUntil == 0 || now >= aloneUntil else { return false }
        aloneUntil = 0
        let job = Job(body: body, count: count, share: share)
        self.job = job
        if threads < helpers { keepOff(reel_current_processor()) }
        while threads < helpers, hireThread() {}
        next.store(0, ordering: .relaxed)
        let number = (state.load(ordering: .relaxed) >> 32 &+ 1) & 0xFFFF_FFFF
        state.store(
            number << 32 | UInt64(min(helpers, 0xFFFF)) << 16,
            ordering: .sequentiallyConsistent)
        wake(helpers)
        takePieces(of: job)
        // No more seats, and nobody at work.
        let left = state.bitwiseAnd(~(0xFFFF << 16), ordering: .acquiringAndReleasing).newValue
        if left & 0xFFFF == 0 || waitForHelpers() {
            timeAlone = Self.shortestTimeAlone
        } else {
            aloneUntil = now + timeAlone
            timeAlone = min(2 * timeAlone, Self.longestTimeAlone)
        }
        self.job = nil
        return true
    }

    /// - Returns: whether they did not keep the caller waiting for long.
    private func waitForHelpers() -> Bool {
        var start: UInt64?
        var looks = 0
        var isSoon = true
        while state.load(ordering: .acquiring) & 0xFFFF != 0 {
            looks += 1
            reel_pause()
            guard looks % 64 == 0 else { continue }
            let now = now
            let began = start ?? now
            start = began
            guard now - began > Self.longestWait else { continue }
            isSoon = false
            sched_yield()
        }
        return isSoon
    }

    private var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    private func takePieces(of job: Job) {
        while true {
            let start = next.wrappingAdd(job.share, ordering: .relaxed).oldValue
            guard start < job.count else { return }
            job.body(start..<min(start + job.share, job.count))
        }
    }

    // MARK: - Helpers

    /// Makes that many of the sleeping helpers watch.
    func wake(_ count: Int) {
        for _ in 0..<max(0, count) {
            var asleep = sleepers.load(ordering: .sequentiallyConsistent)
            while true {
                guard asleep > 0 else { return }
                let (isDone, found) = sleepers.compareExchange(
                    expected: asleep, desired: asleep - 1, ordering: .sequentiallyConsistent)
                if isDone { break }
                asleep = found
            }
            keepOff(reel_current_processor())
            bell.signal()
        }
    }

    /// Linux likes to wake a thread where it is woken from: there a helper would take the processor
    /// away from the caller, and both together would be slower than the caller alone.
    private func keepOff(_ processor: Int32) {
        let processor = Int(processor)
        guard callersProcessor.exchange(processor, ordering: .relaxed) != processor else { return }
        helpers.withLock { helpers in
            for helper in helpers { reel_keep_off_processor(helper, Int32(processor)) }
        }
    }

    /// A helper's life.
    private func help() {
        let thread = reel_current_thread()
        helpers.withLock { helpers in
            helpers.append(thread)
            reel_keep_off_processor(thread, Int32(callersProcessor.load(ordering: .relaxed)))
        }
        var last: UInt64 = 0
        while true {
            guard let number = takeSeat(after: last) else {
                sleep(after: last)
                continue
            }
            last = number
            if let job { takePieces(of: job) }
            state.wrappingSubtract(1, ordering: .releasing)
        }
    }

    /// The number of a job that is not `last`, once one has a free seat; nil when patience ends.
    private func takeSeat(after last: UInt64) -> UInt64? {
        var deadline: UInt64?
        var looks = 0
        while true {
            var seen = state.load(ordering: .acquiring)
            while seen >> 16 & 0xFFFF > 0, seen >> 32 != last {
                let (isDone, found) = state.compareExchange(
                    expected: seen, desired: seen - 1 << 16 + 1,
                    ordering: .acquiringAndReleasing)
                if isDone { return seen >> 32 }
                seen = found
            }
            looks += 1
            if looks % 16 == 0 {
                let now = now
                guard now < deadline ?? .max else { return nil }
                deadline = deadline ?? now + Self.patience
            }
            reel_pause()
        }
    }

    private func sleep(after last: UInt64) {
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // A job that was opened before anybody saw this thread sleep would not wake it.
        let seen = state.load(ordering: .sequentiallyConsistent)
        if seen >> 16 & 0xFFFF > 0, seen >> 32 != last {
            var asleep = sleepers.load(ordering: .sequentiallyConsistent)
            while asleep > 0 {
                let (isDone, found) = sleepers.compareExchange(
                    expected: asleep, desired: asleep - 1, ordering: .sequentiallyConsistent)
                if isDone { return }
                asleep = found
            }
            // A caller has promised to wake this one: the bell rings at once.
        }
        bell.wait()
    }

    /// - Returns: whether the system gave one more.
    private func hireThread() -> Bool {
        var thread = pthread_t()
        let made = pthread_create(
            &thread, nil,
            { team in
                guard let team else { return nil }
                Unmanaged<WorkerTeam>.fromOpaque(team).takeUnretainedValue().help()
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        guard made == 0 else { return false }
        pthread_detach(thread)
        threads += 1
        return true
    }
}
