internal import Synchronization

/// A request that a route is answering. Lives on the loop's thread, but for `abandonment`.
final class PendingRequest {
    let number: Int
    /// libevent's request; freed by whatever ends the answer.
    let request: OpaquePointer
    let method: HTTPMethod
    let pattern: String
    let headOnly: Bool
    let bodyBytes: Int
    let start = monotonicSeconds()
    let abandonment = Abandonment()
    /// Set while the answer is written piece by piece.
    var stream: StreamWriter?

    init(
        number: Int, request: OpaquePointer, method: HTTPMethod, pattern: String, headOnly: Bool,
        bodyBytes: Int
    ) {
        self.number = number
        self.request = request
        self.method = method
        self.pattern = pattern
        self.headOnly = headOnly
        self.bodyBytes = bodyBytes
    }

    /// - Returns: whether that is news.
    func clientIsGone() -> Bool {
        stream?.clientIsGone()
        return abandonment.begin()
    }
}

/// Whether a client left: told by the loop, asked by a worker.
final class Abandonment: Sendable {
    private let isSet = Atomic<Bool>(false)

    var isAbandoned: Bool { isSet.load(ordering: .relaxed) }

    /// - Returns: whether it was not set before.
    func begin() -> Bool { !isSet.exchange(true, ordering: .relaxed) }
}
