/// Why a request was turned away before any route saw it.
struct Refusal: Error, Equatable {
    /// What the metrics count refusals by.
    enum Reason: String, CaseIterable {
        case syntax, host, origin, size, deadline, connections, overload, framing
        case authorization, route, type, draining
        /// The guard and libevent's parser saw different requests: one of the two is wrong.
        case ambiguous
    }

    var reason: Reason
    var problem: Problem

    init(_ reason: Reason, _ problem: Problem) {
        self.reason = reason
        self.problem = problem
    }

    static func malformed(_ detail: String) -> Refusal {
        Refusal(.syntax, Problem(400, "Malformed request", detail))
    }

    static func headTooLarge(_ detail: String) -> Refusal {
        Refusal(.size, Problem(431, "Request header fields too large", detail))
    }

    static func bodyTooLarge(limit: Int) -> Refusal {
        Refusal(
            .size,
            Problem(413, "Body too large", "A body sent here may have at most \(limit) bytes."))
    }

    static func badChunk(_ detail: String) -> Refusal {
        Refusal(.framing, Problem(400, "Malformed body", "In the chunked body, \(detail)."))
    }
}
