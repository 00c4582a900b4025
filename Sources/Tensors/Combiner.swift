internal import Dispatch
internal import Synchronization

/// Makes one piece of work of what several threads ask for at about the same time.
///
/// A thread that finds nobody before it leads a batch, which begins at once unless `turn` lets it
/// wait. Who comes meanwhile waits, and all of these are the next batch, which one of them leads. So
/// batches grow with the load, and products of whole matrices take the place of many small ones.
package final class Combiner<Input: Sendable, Output: Sendable>: Sendable {
    /// Inputs worked on at a time, at most.
    private let batchLimit: Int
    private let turn: (@Sendable (_ waitingCount: () -> Int) -> BatchTurn)?
    private let work: @Sendable ([Input]) throws -> [Output]
    private let state = Mutex(State())

    private struct State {
        /// Who has not been taken into a batch yet; empty unless someone leads.
        var waiting: [Ticket] = []
        /// Whether somebody leads those who wait.
        var isLed = false
    }

    /// What a waiting thread is told.
    private enum Word {
        case lead
        case take(Output)
        /// The batch failed: only alone can it be said whose fault that was.
        case tryAlone
    }

    private final class Ticket: Sendable {
        let input: Input
        private let word = Mutex<Word?>(nil)
        private let told = DispatchSemaphore(value: 0)

        init(_ input: Input) { self.input = input }

        func tell(_ new: Word) {
            word.withLock { $0 = new }
            told.signal()
        }

        func wait() -> Word {
            told.wait()
            guard let word = word.withLock({ $0 }) else {
                preconditionFailure("A word is left before the signal is given.")
            }
            return word
        }
    }

    /// - Parameters:
    ///   - turn: called by whoever leads a batch before it is taken, and may ask how many are there;
    ///     returns when the batch may begin. It alone says how many are worked on at the same time. Nil for
    ///     one after another.
    ///   - work: one output an input, in their order; no input may change another's output.
    package init(
        batchLimit: Int = 64, turn: (@Sendable (_ waitingCount: () -> Int) -> BatchTurn)? = nil,
        work: @escaping @Sendable ([Input]) throws -> [Output]
    ) {
        precondition(batchLimit >= 1, "A batch holds something.")
        self.batchLimit = batchLimit
        self.turn = turn
        self.work = work
    }

    /// Threads that wait to be taken into a batch.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The output of one input. An error is that input's own.
    /// - Parameter whenWaiting: called once the input is there to be taken into a batch.
    package func output(of input: Input, whenWaiting: () -> Void = {}) throws -> Output {
        let ticket = Ticket(input)
        let isFollowing = state.withLock { state -> Bool in
            state.waiting.append(ticket)
            defer { state.isLed = true }
            return state.isLed
        }
        whenWaiting()
        guard isFollowing else { return try lead() }
        switch ticket.wait() {
        case .take(let output): return output
        case .tryAlone: return try alone(input)
        case .lead: return try lead()
        }
    }

    /// Works on all who wait, of whom the caller is the first. The next one leads those who come
    /// later: when this batch is done, or already while it is worked on when turns are given.
    private func lead() throws -> Output {
        let turn = turn?({ waitingCount })
        let batch = state.withLock { state -> [Ticket] in
            let batch = Array(state.waiting.prefix(min(batchLimit, turn?.limit ?? batchLimit)))
            state.waiting.removeFirst(batch.count)
            return batch
        }
        if turn != nil { handOn() }
        let outputs = Result { try work(batch.map(\.input)) }
        if let turn { turn.end() } else { handOn() }
        switch outputs {
        case .success(let outputs):
            precondition(outputs.count == batch.count, "One output an input.")
            for (ticket, output) in zip(batch, outputs).dropFirst() { ticket.tell(.take(output)) }
            return outputs[0]
        case .failure(let error):
            for ticket in batch.dropFirst() { ticket.tell(.tryAlone) }
            guard batch.count > 1 else { throw error }
            return try alone(batch[0].input)
        }
    }

    /// Lets the first of those who wait lead them.
    private func handOn() {
        let next = state.withLock { state -> Ticket? in
            state.isLed = !state.waiting.isEmpty
            return state.waiting.first
        }
        next?.tell(.lead)
    }

    private func alone(_ input: Input) throws -> Output { try work([input])[0] }
}

/// A batch's leave to be worked on.
package struct BatchTurn: Sendable {
    /// Inputs that it may take, 1 or more.
    package let limit: Int
    private let whenDone: @Sendable () -> Void

    /// - Parameter whenDone: called after the batch, also after one that failed.
    package init(limit: Int = .max, whenDone: @escaping @Sendable () -> Void = {}) {
        precondition(limit >= 1, "A batch holds something.")
        self.limit = limit
        self.whenDone = whenDone
    }

    func end() { whenDone() }
}
