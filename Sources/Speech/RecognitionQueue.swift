import Dispatch
import Synchronization

/// Hears segments on a few threads while more are being found; never holds more than a few.
final class RecognitionQueue: Sendable {
    private struct State {
        var pending: [(index: Int, segment: SpeechSegment)] = []
        var results: [Int: Result<Recognition, any Error>] = [:]
        var submitted = 0
        var working = 0
        /// The last words, where the recogniser wants them.
        var prompt = ""
    }

    /// Characters of what was recognised before that go into a prompt.
    private static let promptLength = 400

    private let transcriber: any Transcriber
    private let workers: Int
    private let state = Mutex(State())
    private let room: DispatchSemaphore
    private let work = DispatchGroup()

    init(transcriber: any Transcriber, workers: Int) {
        self.transcriber = transcriber
        self.workers = transcriber.readsPrompt ? 1 : max(1, workers)
        room = DispatchSemaphore(value: 2 * self.workers)
    }

    /// Segments that no worker has taken yet.
    var waitingCount: Int { state.withLock { $0.pending.count } }

    /// Takes a segment; waits while as many are waiting as there are workers.
    /// - Parameter waiting: called several times a second meanwhile; what it throws ends the wait.
    func submit(_ segment: SpeechSegment, waiting: () throws -> Void) throws {
        while room.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try waiting() }
        let needsWorker = state.withLock { state in
            state.pending.append((state.submitted, segment))
            state.submitted += 1
            guard state.working < workers else { return false }
            state.working += 1
            return true
        }
        if needsWorker { DispatchQueue.global().async(group: work) { self.drain() } }
    }

    /// All results, in the order of the segments, when the last is there; then it is empty again.
    func finish(waiting: () throws -> Void) throws -> [Result<Recognition, any Error>] {
        while work.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try waiting() }
        return state.withLock { state in
            defer { state = State() }
            return (0..<state.submitted).compactMap { state.results[$0] }
        }
    }

    /// Drops what has not begun; what has begun ends unheard.
    func cancel() {
        let dropped = state.withLock { state in
            defer { state.pending = [] }
            return state.pending.count
        }
        for _ in 0..<dropped { room.signal() }
    }

    private func drain() {
        while let (job, prompt) = state.withLock({ state -> ((Int, SpeechSegment), String)? in
            guard !state.pending.isEmpty else {
                state.working -= 1
                return nil
            }
            return (state.pending.removeFirst(), state.prompt)
        }) {
            let result = Result { try transcriber.transcribe(job.1, prompt: prompt) }
            state.withLock { state in
                state.results[job.0] = result
                guard transcriber.readsPrompt, let words = try? result.get().words else { return }
                let text = words.map(\.text).joined(separator: " ")
                state.prompt = String((state.prompt + " " + text).suffix(Self.promptLength))
            }
            room.signal()
        }
    }
}
