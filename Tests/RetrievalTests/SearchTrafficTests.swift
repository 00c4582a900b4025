import Dispatch
import Foundation
import Testing

@testable import Retrieval

@Suite struct SearchTrafficTests {
    /// Long enough for the test to fail by its own limit of time.
    private static let aMinute = DispatchTimeInterval.seconds(60)

    @Test(arguments: [0, 1, 2])
    func aBatchBeginsAtOnceWhileCoresAreFree(atWork: Int) {
        let traffic = SearchTraffic(cores: 2, patience: Self.aMinute)
        let presences = (0..<atWork).map { _ in traffic.enter() }
        traffic.waitForCompany(waitingCount: 1)
        #expect(presences.count == atWork)
    }

    @Test func aBatchThatIsLargeWaitsForNobody() {
        let traffic = SearchTraffic(cores: 1, patience: Self.aMinute)
        let presences = (0..<9).map { _ in traffic.enter() }
        traffic.waitForCompany(waitingCount: 32)
        #expect(presences.count == 9)
    }

    @Test(arguments: [true, false])
    func aBatchBeginsWhenFewAreLeftAtWork(isSaid: Bool) {
        let traffic = SearchTraffic(cores: 2, patience: Self.aMinute)
        var presences = (0..<4).map { _ in traffic.enter() }
        let hasBegun = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            traffic.waitForCompany(waitingCount: 1)
            hasBegun.signal()
        }
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
        let traffic = SearchTraffic(cores: 1, patience: .milliseconds(1))
        let presences = (0..<3).map { _ in traffic.enter() }
        for _ in 0..<3 {
            traffic.waitForCompany(waitingCount: 1)
            #expect(!traffic.isAwaited)
        }
        #expect(presences.count == 3)
    }
}
