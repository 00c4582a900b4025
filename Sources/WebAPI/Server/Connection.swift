internal import CEvent
internal import Glibc

/// One client: the guard before libevent's parser, and the clocks that run for it. Lives on the
/// loop's thread alone.
final class Connection {
    let bufferEvent: OpaquePointer
    unowned let server: HTTPServer
    /// -1 until libevent has set it.
    private(set) var descriptor: Int32 = -1
    /// Of the peer, without its port; empty until known.
    private(set) var address = ""
    private var framer: RequestFramer
    /// Heads that libevent's parser has not brought yet.
    private var admitted: [Gatekeeper.Admission] = []
    /// The request being answered.
    var pending: PendingRequest?

    private var expectedBodyBytes = 0
    private var hasAsked = false
    /// Seconds of the monotonic clock: when the present phase began.
    private var phaseStart = monotonicSeconds()
    /// When the client last took bytes.
    private var lastTaken = monotonicSeconds()
    private var refusedAt: Double?
    private var isCut = false

    init(_ bufferEvent: OpaquePointer, server: HTTPServer) {
        self.bufferEvent = bufferEvent
        self.server = server
        framer = RequestFramer(limits: server.limits)
        let context = Unmanaged.passUnretained(self).toOpaque()
        evbuffer_add_cb(bufferevent_get_input(bufferEvent), Self.inputChanged, context)
        evbuffer_add_cb(bufferevent_get_output(bufferEvent), Self.outputChanged, context)
        // Pieces of files in one call; the default is 16 KB.
        bufferevent_set_max_single_write(bufferEvent, 256 << 10)
    }

    var isRefused: Bool { refusedAt != nil }
    var outputBytes: Int { evbuffer_get_length(bufferevent_get_output(bufferEvent)) }
    /// Bytes of memory that a body takes, or may take before it is whole.
    var bodyBytes: Int { expectedBodyBytes + (pending?.bodyBytes ?? 0) }

    /// Whether nothing is on its way: no body that was promised, no answer that is being taken.
    var isQuiet: Bool { outputBytes == 0 && expectedBodyBytes == 0 }

    /// Called once libevent has given the new connection its socket.
    func begin() {
        descriptor = bufferevent_getfd(bufferEvent)
        address = PeerAddress.text(of: descriptor)
        var connection: UnsafeMutableRawPointer?
        bufferevent_getcb(bufferEvent, nil, nil, nil, &connection)
        evhttp_connection_set_closecb(
            OpaquePointer(connection),
            { _, context in
                guard let context else { return }
                Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().end()
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// libevent is about to free the connection.
    private func end() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        evbuffer_remove_cb(bufferevent_get_input(bufferEvent), Self.inputChanged, context)
        evbuffer_remove_cb(bufferevent_get_output(bufferEvent), Self.outputChanged, context)
        clientLeft()
        server.remove(self)
    }

    /// Tells whoever works on the answer that nobody waits for it.
    func clientLeft() {
        if pending?.clientIsGone() == true { server.metrics.clientLeft() }
    }

    // MARK: The guard

    private static let inputChanged: evbuffer_cb_func = { buffer, change, context in
        guard let buffer, let change, let context, change.pointee.n_added > 0 else { return }
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
            .received(change.pointee.n_added, in: buffer)
    }

    private static let outputChanged: evbuffer_cb_func = { buffer, change, context in
        guard let buffer, let change, let context, change.pointee.n_deleted > 0 else { return }
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
            .sent(change.pointee.n_deleted, left: evbuffer_get_length(buffer))
    }

    /// Looks at bytes that came, before libevent's parser does.
    private func received(_ count: Int, in buffer: OpaquePointer) {
        guard !isRefused else {
            evbuffer_drain(buffer, evbuffer_get_length(buffer))
            return
        }
        // Requests that come faster than answers are taken would pile up here.
        let isAnswering = pending != nil || outputBytes > 0
        guard !isAnswering || evbuffer_get_length(buffer) <= 4 * server.limits.headBytes else {
            refuse(Self.impatient)
            return
        }
        var position = evbuffer_ptr()
        evbuffer_ptr_set(buffer, &position, evbuffer_get_length(buffer) - count, EVBUFFER_PTR_SET)
        let before = framer.phase
        do {
            try withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { bytes in
                evbuffer_copyout_from(buffer, &position, bytes.baseAddress, count)
                try framer.consume(UnsafeRawBufferPointer(bytes), admit: admit) {
                    hasAsked = true
                    expectedBodyBytes = 0
                }
            }
        } catch let refusal as Refusal {
            refuse(refusal)
            evbuffer_drain(buffer, evbuffer_get_length(buffer))
            return
        } catch {
            preconditionFailure("the framer throws refusals only")
        }
        // A connection's first head is due from when it was accepted, any other from its first byte.
        if framer.phase != before, hasAsked || framer.phase != .head {
            phaseStart = monotonicSeconds()
        }
    }

    private func admit(_ head: RequestHead) throws(Refusal) -> Int {
        let admission = try server.gatekeeper.admit(head)
        let expected =
            switch head.body {
            case .none: 0
            case .length(let count): min(count, admission.bodyLimit)
            case .chunked: admission.bodyLimit
            }
        try server.checkRoom(forBody: expected)
        expectedBodyBytes = expected
        admitted.append(admission)
        return admission.bodyLimit
    }

    /// The head of the request that libevent's parser brings. It must be the one that was admitted.
    func takeAdmission(of target: String) -> Gatekeeper.Admission? {
        guard let first = admitted.first, first.head.target == target else { return nil }
        return admitted.removeFirst()
    }

    // MARK: Saying no

    /// Answers without libevent's parser, and listens no more.
    func refuse(_ refusal: Refusal) {
        guard !isRefused else { return }
        refusedAt = monotonicSeconds()
        admitted.removeAll()
        expectedBodyBytes = 0
        server.metrics.refused(refusal.reason)
        // An answer must not get into the middle of another one.
        if pending == nil, outputBytes == 0 {
            let bytes = RefusalAnswer.bytes(of: refusal.problem)
            _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, rawSendFlags) }
            shutdown(descriptor, Int32(SHUT_WR))
        } else {
            cut()
        }
    }

    private let rawSendFlags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)

    /// Ends the connection: libevent sees its end and frees it.
    func cut() {
        guard !isCut else { return }
        isCut = true
        shutdown(descriptor, Int32(SHUT_RDWR))
        // Only who reads or writes notices; while a request is answered nobody reads.
        clientLeft()
    }

    // MARK: Clocks

    private func sent(_ count: Int, left: Int) {
        lastTaken = monotonicSeconds()
        if left == 0 { phaseStart = lastTaken }
        server.metrics.sent(bytes: count)
        pending?.stream?.wasTaken(outputBytes: left)
    }

    func answerBegins() { lastTaken = monotonicSeconds() }

    /// Ends what takes too long. Called several times a second.
    func checkClocks(_ now: Double, limits: ServerLimits) {
        if let refusedAt {
            if now - refusedAt > limits.lingerSeconds { cut() }
            return
        }
        if outputBytes > 0 {
            if now - lastTaken > limits.stallSeconds { refuse(Self.stalled) }
            return
        }
        guard pending == nil else { return }
        let elapsed = now - phaseStart
        switch framer.phase {
        // A browser opens connections in advance; it gets no answer to what it did not ask.
        case .idle where !hasAsked:
            if elapsed > limits.headSeconds { cut() }
        case .head:
            if elapsed > limits.headSeconds { refuse(Self.late("head", limits.headSeconds)) }
        case .body:
            if elapsed > limits.bodySeconds { refuse(Self.late("body", limits.bodySeconds)) }
        case .idle:
            if elapsed > limits.idleSeconds { cut() }
        }
    }

    private static func late(_ part: String, _ seconds: Double) -> Refusal {
        Refusal(
            .deadline,
            Problem(
                408, "Request too slow", "The \(part) was not whole after \(Int(seconds)) seconds.")
        )
    }

    private static let impatient = Refusal(
        .overload,
        Problem(429, "Too many requests", "Requests came before the answers to others."))

    private static let stalled = Refusal(
        .deadline, Problem(408, "Request too slow", "The answer was not taken."))
}
