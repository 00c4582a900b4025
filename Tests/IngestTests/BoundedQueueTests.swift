import Foundation
import Synchronization
import Testing

@testable import Ingest

@Suite struct BoundedQueueTests {
    private func popped(_ queue: BoundedQueue<Int>) -> Int? {
        if case .element(let element) = queue.pop(waitingAtMost: 5) { element } else { nil }
    }

    @Test func elementsComeOutInOrderAcrossThreads() {
        let queue = BoundedQueue<Int>(capacity: 3)
        let thread = Thread {
            for number in 0..<1_000 { _ = queue.push(number) }
            queue.close()
        }
        thread.start()
        for number in 0..<1_000 { #expect(popped(queue) == number) }
        #expect(popped(queue) == nil)
    }

    @Test func whoIsTooFastWaits() {
        let queue = BoundedQueue<Int>(capacity: 2)
        let pushed = Atomic<Int>(0)
        withExtendedLifetime(queue) {
            let group = DispatchGroup()
            DispatchQueue.global().async(group: group) {
                for number in 0..<5 where queue.push(number) {
                    pushed.add(1, ordering: .sequentiallyConsistent)
                }
            }
            #expect(popped(queue) == 0)
            usleep(50_000)
            #expect(pushed.load(ordering: .sequentiallyConsistent) == 3)
            queue.close()
            group.wait()
        }
        #expect(pushed.load(ordering: .sequentiallyConsistent) == 3)
    }

    @Test func anEmptyQueueIsWaitedForOnlyAWhile() {
        let queue = BoundedQueue<Int>(capacity: 1)
        guard case .timedOut = queue.pop(waitingAtMost: 0.01) else {
            Issue.record("Nothing was in the queue.")
            return
        }
    }

    @Test func filesAreHandedOutInOrderAndNotFarAhead() {
        let work = WorkList(count: 5, lead: 2)
        #expect(work.take() == 0)
        #expect(work.take() == 1)
        let third = Mutex<Int?>(nil)
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            let taken = work.take()
            third.withLock { $0 = taken }
        }
        usleep(20_000)
        #expect(third.withLock { $0 } == nil)
        work.finish(upTo: 1)
        group.wait()
        #expect(third.withLock { $0 } == 2)
        work.stop()
        #expect(work.take() == nil)
    }
}
