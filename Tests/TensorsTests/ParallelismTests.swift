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
}
