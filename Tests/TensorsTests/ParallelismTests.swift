import CKernels
import Dispatch
import Foundation
import Glibc
import Synchronization
import Tensors
import Testing

/// The number of workers belongs to the process, so these run one after the other.
@Suite("Work is spread over workers", .serialized)
struct ParallelismTests {
    private struct Failure: Error, Equatable {
        var index: Int
    }

    @Test("results come in order", arguments: [1, 2, 5], [0, 1, 2, 100])
    func order(workers: Int, count: Int) throws {
        Parallelism.configure(workers: workers)
        defer { Parallelism.configure(workers: 1) }
        #expect(try Parallelism.map(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }

    @Test("the first error in order is thrown", arguments: [1, 3])
    func errors(workers: Int) {
        Parallelism.configure(workers: workers)
        defer { Parallelism.configure(workers: 1) }
        #expect(throws: Failure(index: 3)) {
            _ = try Parallelism.map(10) { index in
                if index == 3 || index == 7 { throw Failure(index: index) }
                return index
            }
        }
    }

    @Test("a split covers every place once", arguments: [1, 2, 7], [0, 1, 5, 1000])
    func split(workers: Int, count: Int) {
        Parallelism.configure(workers: workers)
        defer { Parallelism.configure(workers: 1) }
        let seen = Mutex<[Int]>([])
        Parallelism.split(count, atLeast: 2) { range in seen.withLock { $0 += Array(range) } }
        #expect(seen.withLock { $0.sorted() } == Array(0..<count))
    }

    /// More workers than cores, callers that come while the team is busy, and callers that come
    /// after its helpers have gone to sleep.
    @Test("splits of many callers do not get in each other's way", arguments: [1, 4])
    func manyCallers(callers: Int) {
        Parallelism.configure(workers: 4)
        defer { Parallelism.configure(workers: 1) }
        let wrong = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: callers) { caller in
            for round in 0..<500 {
                let count = 1 + (round * 7 + caller) % 90
                let total = Atomic<Int>(0)
                Parallelism.split(count, atLeast: 1 + round % 3) { range in
                    total.wrappingAdd(range.reduce(0, +), ordering: .relaxed)
                }
                if total.load(ordering: .relaxed) != count * (count - 1) / 2 {
                    wrong.wrappingAdd(1, ordering: .relaxed)
                }
                if round % 100 == 99 { usleep(2000) }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    @Test("a thread that is kept off a processor leaves it at once, where there is another")
    func keptOff() {
        let isDone = DispatchSemaphore(value: 0)
        let found = Mutex<(before: Int32, after: Int32)>((-1, -1))
        // A thread of its own, since what it may run on stays with it.
        let thread = Thread {
            let before = reel_current_processor()
            reel_keep_off_processor(reel_current_thread(), before)
            found.withLock { $0 = (before, reel_current_processor()) }
            isDone.signal()
        }
        thread.start()
        isDone.wait()
        let (before, after) = found.withLock { $0 }
        #expect(before >= 0 && after >= 0)
        // As many as this process may use, not as many as the machine has.
        #expect((after == before) == (ProcessInfo.processInfo.activeProcessorCount == 1))
    }

    @Test("what runs inside a map has its share of the workers")
    func shares() throws {
        Parallelism.configure(workers: 4)
        defer { Parallelism.configure(workers: 1) }
        #expect(try Parallelism.map(1) { _ in Parallelism.workers } == [4])
        #expect(try Parallelism.map(2) { _ in Parallelism.workers } == [2, 2])
        #expect(try Parallelism.map(9) { _ in Parallelism.workers }.allSatisfy { $0 == 1 })
    }
}
