import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct JobQueueTests {
    /// A run that goes on until it is let go or cancelled, with what it was asked.
    private final class Gate: Sendable {
        private let open = Atomic<Bool>(false)
        let begun = Mutex<[String]>([])

        func release() { open.store(true, ordering: .releasing) }

        func run(
            _ request: IndexRequest, _ report: (IndexEvent) throws -> Void,
            _ progress: (IndexProgress) -> Void, _ isCancelled: () -> Bool
        ) throws -> IndexAnswer {
            begun.withLock { $0 += request.paths }
            progress(
                IndexProgress(
                    filesDone: 1, filesTotal: 2, fractionDone: 0.5, mediaSeconds: 12, path: "/a",
                    seconds: 3))
            try report(IndexEvent(path: "/broken.mp4", outcome: .failed, reason: "It is broken."))
            while !open.load(ordering: .acquiring) {
                if isCancelled() { return answer(interrupted: true) }
                Thread.sleep(forTimeInterval: 0.002)
            }
            return answer()
        }
    }

    private static func answer(interrupted: Bool = false) -> IndexAnswer {
        IndexAnswer(
            indexed: 1, unchanged: 0, knownContent: 0, removed: 0, skipped: 0, failed: 1,
            wasInterrupted: interrupted, isBudgetSpent: false, mediaSeconds: 12, milliseconds: 5,
            millisecondsByStep: [:], missing: [])
    }

    /// The end of a job, waited for as a follower does.
    private func end(of id: String, in queue: JobQueue) throws -> IngestJob {
        let follower = try queue.follow(id)
        while true {
            switch follower.next(waitingAtMost: 30) {
            case .event(.done(let job)): return job
            case .event: continue
            case .silence, .end:
                Issue.record("the job did not end")
                return try queue.job(id)
            }
        }
    }

    private func begin(_ id: String, in queue: JobQueue) throws {
        let deadline = Date(timeIntervalSinceNow: 30)
        while try queue.job(id).failures.isEmpty, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.002)
        }
    }

    @Test func aJobRunsAndTellsWhatItDid() throws {
        let gate = Gate()
        gate.release()
        let queue = JobQueue(run: gate.run)
        let submitted = try queue.submit(IndexRequest(paths: ["/videos"]))
        #expect(submitted.state == .queued)
        #expect(submitted.id.count == 16)
        let job = try end(of: submitted.id, in: queue)
        #expect(job.state == .succeeded)
        #expect(job.outcome?.indexed == 1)
        #expect(job.failures == [FileProblem(path: "/broken.mp4", problem: "It is broken.")])
        #expect(job.progress.filesDone == 2)
        #expect(job.progress.mediaSecondsDone == 12)
        #expect(job.finished != nil)
        #expect(job.problem == nil)
    }

    @Test func oneRunsAtATimeInTheOrderTheyCame() throws {
        let gate = Gate()
        let queue = JobQueue(run: gate.run)
        let jobs = try ["/a", "/b", "/c"].map { try queue.submit(IndexRequest(paths: [$0])) }
        try begin(jobs[0].id, in: queue)
        #expect(gate.begun.withLock { $0 } == ["/a"])
        #expect(try queue.job(jobs[1].id).state == .queued)
        gate.release()
        for job in jobs { #expect(try end(of: job.id, in: queue).state == .succeeded) }
        #expect(gate.begun.withLock { $0 } == ["/a", "/b", "/c"])
        #expect(queue.jobs().map(\.id) == jobs.reversed().map(\.id))
    }

    @Test func aCancelledRunEndsAtASafePlaceAndAWaitingOneAtOnce() throws {
        let gate = Gate()
        let queue = JobQueue(run: gate.run)
        let running = try queue.submit(IndexRequest(paths: ["/a"]))
        let waiting = try queue.submit(IndexRequest(paths: ["/b"]))
        try begin(running.id, in: queue)
        #expect(try queue.cancel(waiting.id).state == .cancelled)
        _ = try queue.cancel(running.id)
        let job = try end(of: running.id, in: queue)
        #expect(job.state == .cancelled)
        #expect(job.outcome?.wasInterrupted == true)
        #expect(gate.begun.withLock { $0 } == ["/a"])
        // Over is over.
        #expect(try queue.cancel(running.id).state == .cancelled)
    }

    @Test func whyARunFailedIsTold() throws {
        let sentence = "The library at x is being written by process 7. Try again when it is done."
        let queue = JobQueue { _, _, _, _ in throw Failure(.busy, sentence) }
        let job = try end(of: queue.submit(IndexRequest(paths: ["/a"])).id, in: queue)
        #expect(job.state == .failed)
        #expect(job.problem == sentence)
        #expect(job.outcome == nil)
        // The next one gets its turn.
        let next = try queue.submit(IndexRequest(paths: ["/b"]))
        #expect(try end(of: next.id, in: queue).state == .failed)
    }

    @Test func onlySoManyMayWait() throws {
        let gate = Gate()
        let queue = JobQueue(run: gate.run)
        let first = try queue.submit(IndexRequest(paths: ["/0"]))
        try begin(first.id, in: queue)
        for number in 1...JobQueue.waitingLimit {
            _ = try queue.submit(IndexRequest(paths: ["/\(number)"]))
        }
        #expect(throws: JobQueue.Refusal.full(waiting: JobQueue.waitingLimit)) {
            try queue.submit(IndexRequest(paths: ["/more"]))
        }
        gate.release()
    }

    @Test func stoppingCancelsAndWaitsForWhatIsWhole() throws {
        let gate = Gate()
        let queue = JobQueue(run: gate.run)
        let running = try queue.submit(IndexRequest(paths: ["/a"]))
        let waiting = try queue.submit(IndexRequest(paths: ["/b"]))
        try begin(running.id, in: queue)
        queue.beginStopping()
        #expect(queue.waitUntilIdle(atMost: 30))
        #expect(try queue.job(running.id).state == .cancelled)
        #expect(try queue.job(running.id).outcome != nil)
        #expect(try queue.job(waiting.id).state == .cancelled)
        #expect(throws: JobQueue.Refusal.stopping) {
            try queue.submit(IndexRequest(paths: ["/c"]))
        }
    }

    @Test func theLastHundredThatAreOverAreRemembered() throws {
        let queue = JobQueue { _, _, _, _ in Self.answer() }
        var ids: [String] = []
        for number in 0..<(JobQueue.remembered + 5) {
            let job = try queue.submit(IndexRequest(paths: ["/\(number)"]))
            ids.append(job.id)
            _ = try end(of: job.id, in: queue)
        }
        #expect(queue.jobs().map(\.id) == ids.suffix(JobQueue.remembered).reversed())
        #expect(throws: JobQueue.Refusal.unknownJob(ids[0])) { try queue.job(ids[0]) }
        #expect(throws: JobQueue.Refusal.unknownJob("nosuch")) { try queue.cancel("nosuch") }
    }

    // MARK: Following

    /// The names of the events that are there.
    private func names(_ follower: JobFollower) -> [String] {
        var names: [String] = []
        while true {
            switch follower.next(waitingAtMost: 0) {
            case .event(.state): names.append("state")
            case .event(.progress): names.append("progress")
            case .event(.file(let event)): names.append("file \(event.path)")
            case .event(.done): names.append("done")
            case .silence: return names
            case .end: return names + ["end"]
            }
        }
    }

    @Test func whoComesLateIsToldHowTheJobStandsAndThatItIsOver() throws {
        let queue = JobQueue { _, _, _, _ in Self.answer() }
        let job = try queue.submit(IndexRequest(paths: ["/a"]))
        _ = try end(of: job.id, in: queue)
        #expect(names(try queue.follow(job.id)) == ["state", "done", "end"])
    }

    @Test func whoIsSlowMissesFilesButNeverHowTheJobStands() {
        let job = IngestJob(request: IndexRequest(paths: ["/a"]), created: 0)
        let follower = JobFollower(capacity: 4)
        follower.tell(.state(job))
        for number in 0..<10 {
            follower.tell(.file(IndexEvent(path: "/\(number)", outcome: .indexed)))
            follower.tell(.progress(job))
        }
        follower.tell(.done(job))
        follower.tell(.progress(job))
        #expect(names(follower) == ["state", "file /9", "progress", "done", "end"])
    }

    @Test func whoHasGoneIsToldNothing() throws {
        let gate = Gate()
        let queue = JobQueue(run: gate.run)
        let job = try queue.submit(IndexRequest(paths: ["/a"]))
        let follower = try queue.follow(job.id)
        queue.unfollow(job.id, follower)
        gate.release()
        _ = try end(of: job.id, in: queue)
        #expect(names(follower).allSatisfy { $0 != "done" })
    }

    @Test func aJobAsJSONSaysWhatIsNotKnownYet() throws {
        var job = IngestJob(request: IndexRequest(paths: ["/videos"]), created: 5)
        job.progress.filesDone = 1
        job.progress.files = 4
        job.progress.fractionDone = 0.25
        job.progress.mediaSecondsDone = 60
        job.progress.elapsedSeconds = 2
        job.progress.path = "/videos/a.mp4"
        job.state = .running
        job.started = 6.5
        #expect(
            try JSONLine.text(of: JobDocument(job))
                == """
                {"created":5,"failures":[],"finished":null,"id":"\(job.id)","outcome":null,\
                "paths":["/videos"],"problem":null,"progress":{"elapsed_seconds":2,\
                "eta_seconds":6,"files":4,"files_done":1,"fraction_done":0.25,\
                "media_seconds_done":60,"path":"/videos/a.mp4","times_real_time":30},\
                "schema_version":1,"started":6.5,"state":"running"}
                """)
    }
}
