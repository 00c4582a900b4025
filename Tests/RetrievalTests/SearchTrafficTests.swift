import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Retrieval
@testable import Tensors

@Suite struct SearchTrafficTests {
    /// Long enough for the test to fail by its own limit of time.
    private static let aMinute = DispatchTimeInterval.seconds(60)

    private func traffic(
        cores: Int, searches: Int = 1, patience: DispatchTimeInterval = aMinute
    ) -> SearchTraffic {
        SearchTraffic(cores: cores, patience: patience) { searches }
    }

    /// Signals when the batch's turn has come.
    private func turn(of traffic: SearchTraffic, waitingCount: Int = 1) -> DispatchSemaphore {
        let hasBegun = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = traffic.turn { waitingCount }
            hasBegun.signal()
        }
        return hasBegun
    }

    @Test(arguments: [0, 1, 2])
    func aBatchBeginsAtOnceWhileCoresAreFree(atWork: Int) {
        let traffic = traffic(cores: 2)
        let presences = (0..<atWork).map { _ in traffic.enter() }
        _ = traffic.turn { 1 }
        #expect(presences.count == atWork)
    }

    @Test func aBatchThatIsLargeWaitsForNoSearch() {
        let traffic = traffic(cores: 1)
        let presences = (0..<9).map { _ in traffic.enter() }
        _ = traffic.turn { 32 }
        #expect(presences.count == 9)
    }

    @Test(arguments: [true, false])
    func aBatchBeginsWhenFewAreLeftAtWork(isSaid: Bool) {
        let traffic = traffic(cores: 2)
        var presences = (0..<4).map { _ in traffic.enter() }
        let hasBegun = turn(of: traffic)
        while !traffic.isAwaited {}
        presences[0].leave()
        // Leaving twice is leaving once.
        presences[0].leave()
        #expect(traffic.isAwaited)
        if isSaid { presences[1].leave() } else { presences.removeLast() }
        hasBegun.wait()
        #expect(!traffic.isAwaited)
        presences = []
    }

    @Test func aBatchThatHasWaitedLongEnoughBegins() {
        let traffic = traffic(cores: 1, patience: .milliseconds(1))
        let presences = (0..<3).map { _ in traffic.enter() }
        for _ in 0..<3 {
            traffic.turn { 1 }.end()
            #expect(!traffic.isAwaited)
        }
        #expect(presences.count == 3)
    }

    @Test(arguments: [DispatchTimeInterval.milliseconds(1), aMinute])
    func ofFewSearchesOneBatchIsWorkedOnAtATime(patience: DispatchTimeInterval) {
        let traffic = traffic(cores: 2, searches: 7, patience: patience)
        #expect(traffic.coresForBatch == 2)
        let first = traffic.turn { 1 }
        let presences = (0..<3).map { _ in traffic.enter() }
        let hasBegun = turn(of: traffic)
        #expect(hasBegun.wait(timeout: .now() + .milliseconds(20)) == .timedOut)
        for presence in presences { presence.leave() }
        #expect(hasBegun.wait(timeout: .now() + .milliseconds(20)) == .timedOut)
        first.end()
        hasBegun.wait()
    }

    @Test func ofManySearchesEachBatchHasACoreOfItsOwn() {
        let traffic = traffic(cores: 2, searches: 16)
        #expect(traffic.coresForBatch == 1)
        let first = traffic.turn { 1 }
        // What it leaves is for the other core.
        #expect(first.limit == 8)
        // The other core is at work for a search.
        let presence = traffic.enter()
        let second = turn(of: traffic, waitingCount: 4)
        while !traffic.isAwaited {}
        presence.leave()
        second.wait()
        #expect(!traffic.isAwaited)
        first.end()
    }

    @Test func besideAnotherBatchASmallOneWaitsForMore() {
        let traffic = traffic(cores: 2, searches: 16)
        let first = traffic.turn { 1 }
        let waitingCount = Mutex(3)
        let hasBegun = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = traffic.turn { waitingCount.withLock { $0 } }
            hasBegun.signal()
        }
        while !traffic.isAwaited {}
        traffic.enter().leave()
        #expect(hasBegun.wait(timeout: .now() + .milliseconds(20)) == .timedOut)
        let next = traffic.enter()
        waitingCount.withLock { $0 += 1 }
        next.leave()
        hasBegun.wait()
        first.end()
    }
}
