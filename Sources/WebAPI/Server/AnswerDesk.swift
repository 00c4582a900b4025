/// Requests from where they are whole to the end of their answers: hands them to workers, and what
/// comes back to libevent. Lives on the loop's thread alone.
final class AnswerDesk {
    private let limits: ServerLimits
    private let metrics: ServerMetrics
    private let health: ServerHealth
    private let mailbox: LoopMailbox
    private let log: @Sendable (String) -> Void
    private let workers: WorkerPool
    private let streams: WorkerPool
    /// By number; without a connection once the client is gone.
    private var pending: [Int: (request: PendingRequest, connection: Connection?)] = [:]
    private var requestCount = 0

    init(
        limits: ServerLimits, metrics: ServerMetrics, health: ServerHealth, mailbox: LoopMailbox,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.limits = limits
        self.metrics = metrics
        self.health = health
        self.mailbox = mailbox
        self.log = log
        workers = WorkerPool(
            name: "reel-worker", threads: limits.workers, waiting: limits.waitingRequests)
        streams = WorkerPool(name: "reel-stream", threads: limits.streams, waiting: 0)
    }

    /// Requests that wait for the end of their answers.
    var requests: Int { pending.count }
    /// Answers that are written piece by piece.
    var streaming: Int { streams.load.running }

    /// The client is gone, and its connection with it.
    func letGo(of request: PendingRequest) {
        pending[request.number]?.connection = nil
    }

    /// What workers say; who is admitted, and stopping, is not theirs to say.
    func handle(_ message: LoopMessage) {
        switch message {
        case .answer(let number, let response): finish(number, with: response)
        case .beginStream(let number, let response, let writer):
            beginStream(number, response, writer)
        case .streamBytes(let number, let bytes): sendPiece(bytes, of: number)
        case .endStream(let number, let isWhole): endStream(number, isWhole: isWhole)
        case .admit, .drain: break
        }
    }

    // MARK: Requests

    /// - Parameter request: libevent's, with its body.
    func take(
        _ admission: Gatekeeper.Admission, of request: OpaquePointer, on connection: Connection
    ) {
        switch admission.purpose {
        case .refusal(let refusal):
            metrics.refused(refusal.reason)
            connection.answerBegins()
            AnswerWriter.send(
                refusal.problem.response, to: request, headOnly: admission.head.method == .head,
                closing: health.isDraining)
        case .route(let route, let parameters, let headOnly):
            let head = admission.head
            var asked = HTTPRequest(method: headOnly ? .get : head.method, rawPath: head.path)
            asked.parameters = parameters
            asked.query = admission.query
            asked.headers = head.headers
            // A part is for GET alone (RFC 9110, section 14.2).
            if headOnly { asked.headers["range"] = nil }
            answer(request, on: connection, with: route, asked: asked, method: head.method)
        }
    }

    /// - Parameter method: as it was sent; a HEAD is asked of its route as a GET.
    private func answer(
        _ request: OpaquePointer, on connection: Connection, with route: Route,
        asked: HTTPRequest, method: HTTPMethod
    ) {
        requestCount += 1
        let number = requestCount
        var asked = asked
        asked.body = AnswerWriter.body(of: request)
        let waiting = PendingRequest(
            number: number, request: request, method: method, pattern: route.pattern,
            headOnly: method != asked.method, bodyBytes: asked.body.count)
        asked.isAbandoned = { [abandonment = waiting.abandonment] in abandonment.isAbandoned }
        connection.pending = waiting
        pending[number] = (waiting, connection)
        guard !route.isImmediate else {
            finish(number, with: RouteAnswer.of(route, to: asked, log: log))
            return
        }
        let isTaken = workers.submit { [log, mailbox, asked] in
            // Nobody waits any more: nothing to work for.
            let response =
                asked.isAbandoned()
                ? HTTPResponse(status: 499) : RouteAnswer.of(route, to: asked, log: log)
            mailbox.post(.answer(request: number, response))
        }
        guard isTaken else {
            metrics.refused(.overload)
            finish(number, with: Self.overloaded.response)
            return
        }
    }

    private static let overloaded: Problem = {
        var problem = Problem(
            503, "Overloaded", "All workers are busy and the queue is full. Try again in a second.")
        problem.headers["Retry-After"] = "1"
        return problem
    }()

    // MARK: Answers

    /// Sends an answer; one that is a stream only begins here.
    private func finish(_ number: Int, with response: HTTPResponse) {
        guard let (request, connection) = pending[number] else { return }
        if case .stream(let write) = response.body, !request.headOnly {
            start(write, of: response, for: request)
            return
        }
        settle(number, status: response.status)
        connection?.answerBegins()
        AnswerWriter.send(
            response, to: request.request, headOnly: request.headOnly, closing: health.isDraining)
    }

    private func settle(_ number: Int, status: Int) {
        guard let (request, connection) = pending.removeValue(forKey: number) else { return }
        connection?.pending = nil
        metrics.answered(
            request.method, request.pattern, status: status,
            seconds: monotonicSeconds() - request.start)
    }

    private func start(
        _ write: @escaping @Sendable (([UInt8]) throws -> Void) throws -> Void,
        of response: HTTPResponse, for request: PendingRequest
    ) {
        let number = request.number
        let writer = StreamWriter(limit: limits.unsentStreamBytes) { [mailbox] bytes in
            mailbox.post(.streamBytes(request: number, bytes))
        }
        let isTaken = streams.submit { [mailbox, log] in
            mailbox.post(.beginStream(request: number, response, writer))
            do {
                try write { bytes in try writer.write(bytes) }
                mailbox.post(.endStream(request: number, isWhole: true))
            } catch {
                if !(error is StreamGone) { log("A stream broke off: \(error)") }
                mailbox.post(.endStream(request: number, isWhole: false))
            }
        }
        guard isTaken else {
            metrics.refused(.overload)
            finish(number, with: Self.overloaded.response)
            return
        }
        request.stream = writer
    }

    private func beginStream(_ number: Int, _ response: HTTPResponse, _ writer: StreamWriter) {
        guard let (request, connection) = pending[number] else { return }
        guard let connection else {
            writer.clientIsGone()
            return
        }
        connection.answerBegins()
        AnswerWriter.begin(response, to: request.request, closing: health.isDraining)
    }

    private func sendPiece(_ bytes: [UInt8], of number: Int) {
        guard let (request, connection) = pending[number], let stream = request.stream else {
            return
        }
        if let connection {
            if connection.outputBytes == 0 { connection.answerBegins() }
            AnswerWriter.sendPiece(bytes, to: request.request)
        }
        stream.wasPassedOn(bytes.count, outputBytes: connection?.outputBytes ?? 0)
    }

    private func endStream(_ number: Int, isWhole: Bool) {
        guard let (request, connection) = pending[number] else { return }
        settle(number, status: 200)
        // Without the last chunk: the client sees that the answer broke off.
        if !isWhole { connection?.cut() }
        AnswerWriter.end(request.request)
    }
}
