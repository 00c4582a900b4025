/// What the server bears before it says no. Every value can be exceeded only by an answer that
/// says so; none of them depends on what a client promises.
package struct ServerLimits: Sendable, Equatable {
    /// Bytes of the request line and all headers; more is answered 431.
    package var headBytes = 32 << 10
    /// Headers of one request; more is answered 431.
    package var headerCount = 100
    /// Bytes of the request's target (path and query); more is answered 414.
    package var targetBytes = 8 << 10
    /// Seconds for a whole head, from its first byte; for a connection's first one, from accepting.
    package var headSeconds = 10.0
    /// Seconds for a whole body, from the end of its head.
    package var bodySeconds = 60.0
    /// Seconds in which a client must take some of its answer.
    package var stallSeconds = 60.0
    /// Seconds that an open connection may lie between two requests.
    package var idleSeconds = 75.0
    /// Open connections; one more is answered 503.
    package var connections = 256
    /// Open connections from one address.
    package var connectionsPerAddress = 32
    /// Bytes of bodies that are being received, over all connections; more is answered 503.
    package var bodyBytes = 256 << 20
    /// Requests answered at the same time.
    package var workers = 8
    /// Requests that wait for a worker; one more is answered 503.
    package var waitingRequests = 64
    /// Answers written piece by piece at the same time; one more is answered 503.
    package var streams = 64
    /// Bytes of one stream that its client has not taken yet; its writer then waits.
    package var unsentStreamBytes = 256 << 10
    /// Seconds that requests in flight have left once the server is told to stop.
    package var drainSeconds = 10.0
    /// Seconds a refused client has to read why.
    package var lingerSeconds = 2.0

    package init() {}
}
