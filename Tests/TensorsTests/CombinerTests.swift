import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct CombinerTests {
    private struct Odd: Error, Equatable {
        var input: Int
    }

    /// What many threads got, in the order of what they asked.
    private func outputs<Output: Sendable>(
        of inputs: [Int], from combiner: Combiner<Int, Output>
    ) -> [Result<Output, any Error>] {
        let results = Mutex<[Int: Result<Output, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: inputs.count) { place in
            let result = Result { try combiner.output(of: inputs[place]) }
            results.withLock { $0[place] = result }
        }
        return results.withLock { results in inputs.indices.compactMap { results[$0] } }
    }

    @Test func everyThreadGetsTheOutputOfItsOwnInput() throws {
        let combiner = Combiner<Int, Int> { $0.map { $0 * $0 } }
        let squares = try outputs(of: Array(0..<1000), from: combiner).map { try $0.get() }
        #expect(squares == (0..<1000).map { $0 * $0 })
    }

    @Test func whoComesWhileABatchIsWorkedOnIsInTheNext() throws {
        let begun = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let batches = Mutex<[[Int]]>([])
        let combiner = Combiner<Int, Int>(batchLimit: 3) { inputs in
            let isFirst = batches.withLock { batches in
                batches.append(inputs)
                return batches.count == 1
            }
            if isFirst {
                begun.signal()
                mayEnd.wait()
            }
            return inputs
        }
        let group = DispatchGroup()
        func ask(_ input: Int) {
            group.enter()
            Thread.detachNewThread {
                #expect((try? combiner.output(of: input)) == input)
                group.leave()
            }
        }
        ask(0)
        begun.wait()
        for input in 1...4 { ask(input) }
        while combiner.waitingCount < 4 {}
        mayEnd.signal()
        group.wait()
        let sizes = batches.withLock { $0.map(\.count) }
        #expect(sizes == [1, 3, 1])
        #expect(batches.withLock { $0.joined().sorted() } == [0, 1, 2, 3, 4])
    }

    @Test func whoeverLeadsWaitsForATurnThatItGivesBack() throws {
        let asked = Mutex<[Int]>([])
        let ended = Mutex(0)
        let combiner = Combiner<Int, Int>(
            turn: { count in
                asked.withLock { $0.append(count()) }
                return BatchTurn { ended.withLock { $0 += 1 } }
            },
            work: { inputs in
                guard inputs != [8] else { throw Odd(input: 8) }
                return inputs
            })
        var isWaiting = false
        #expect(try combiner.output(of: 7) { isWaiting = true } == 7)
        #expect(isWaiting)
        #expect(throws: Odd(input: 8)) { try combiner.output(of: 8) }
        #expect(asked.withLock { $0 } == [1, 1])
        #expect(ended.withLock { $0 } == 2)
    }

    @Test func whereTurnsAreGivenBatchesAreWorkedOnAtTheSameTime() throws {
        let begun = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let combiner = Combiner<Int, Int>(
            turn: { _ in BatchTurn() },
            work: { inputs in
                begun.signal()
                mayEnd.wait()
                return inputs.map { $0 * $0 }
            })
        let group = DispatchGroup()
        for input in 0..<3 {
            group.enter()
            Thread.detachNewThread {
                #expect((try? combiner.output(of: input)) == input * input)
                group.leave()
            }
            // Nobody who is at work is waited for.
            begun.wait()
        }
        for _ in 0..<3 { mayEnd.signal() }
        group.wait()
        #expect(combiner.waitingCount == 0)
    }

    @Test func aTurnSaysHowManyABatchMayTake() throws {
        let begun = DispatchSemaphore(value: 0)
        let mayBegin = DispatchSemaphore(value: 0)
        let sizes = Mutex<[Int]>([])
        let combiner = Combiner<Int, Int>(
            turn: { _ in
                begun.signal()
                mayBegin.wait()
                return BatchTurn(limit: 2)
            },
            work: { inputs in
                sizes.withLock { $0.append(inputs.count) }
                return inputs
            })
        let group = DispatchGroup()
        for input in 0..<5 {
            group.enter()
            Thread.detachNewThread {
                #expect((try? combiner.output(of: input)) == input)
                group.leave()
            }
        }
        begun.wait()
        while combiner.waitingCount < 5 {}
        for _ in 0..<3 { mayBegin.signal() }
        group.wait()
        #expect(sizes.withLock { $0.sorted() } == [1, 2, 2])
    }

    @Test func anErrorIsThatOfItsInputAlone() {
        let combiner = Combiner<Int, Int> { inputs in
            if let odd = inputs.first(where: { $0 % 2 == 1 }) { throw Odd(input: odd) }
            return inputs
        }
        for (input, result) in outputs(of: Array(0..<200), from: combiner).enumerated() {
            switch result {
            case .success(let output): #expect(output == input && input % 2 == 0)
            case .failure(let error): #expect(error as? Odd == Odd(input: input))
            }
        }
    }

    @Test func aSearchAmongManyHasFewerCores() {
        let load = Load(cores: 4)
        #expect(load.share == 4)
        load.counted {
            #expect(load.share == 4)
            load.counted {
                #expect(load.share == 2)
                load.counted { load.counted { load.counted { #expect(load.share == 1) } } }
            }
        }
        #expect(load.count == 0)
        load.counted { load.counted { load.shared { #expect(Parallelism.limit == 2) } } }
        #expect(Parallelism.limit == nil)
    }
}
