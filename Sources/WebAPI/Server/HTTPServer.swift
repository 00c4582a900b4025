internal import CEvent
internal import Glibc

/// The server: one thread that reads and writes all connections, and workers that answer.
///
/// Everything here runs on the thread that calls `run`, but for `handle`.
package final class HTTPServer {
    /// What others may do with a running server, from any thread.
    package struct Handle: Sendable {
        let mailbox: LoopMailbox

        /// Answers what has been asked, takes no more, and lets `run` return.
        package func drain() { mailbox.post(.drain) }

        /// Judges requests by these from now on, those of open connections too.
        func admit(_ hosts: HostList, _ token: AccessToken?) { mailbox.post(.admit(hosts, token)) }
    }

    let limits: ServerLimits
    private(set) var gatekeeper: Gatekeeper
    let metrics: ServerMetrics
    let health: ServerHealth
    private let base: OpaquePointer
    private let http: OpaquePointer
    private let mailbox: LoopMailbox
    private var events: [OpaquePointer] = []
    private var listener: OpaquePointer?
    private let desk: AnswerDesk

    /// By libevent's buffered sockets.
    private var connections: [OpaquePointer: Connection] = [:]
    /// Accepted, and not yet given a socket by libevent.
    private var fresh: [Connection] = []
    private var freshEvent: OpaquePointer?
    private var drainStart: Double?
    private let manager: ServiceManager?
    /// Seconds between two signs of life for the manager; nil where it wants none.
    private let signInterval: Double?
    private var lastSign = 0.0

    /// - Parameters:
    ///   - manager: told of readiness, of life, and of the end.
    ///   - watchdogSeconds: within which it wants a sign of life.
    ///   - log: told of errors inside reel.
    init(
        routes: [Route], hosts: HostList, token: AccessToken?, limits: ServerLimits,
        health: ServerHealth, metrics: ServerMetrics, manager: ServiceManager? = nil,
        watchdogSeconds: Double? = nil, log: @escaping @Sendable (String) -> Void
    ) throws(ServerError) {
        signal(SIGPIPE, SIG_IGN)
        // Connections, the refused that linger, and the files of answers.
        DescriptorLimit.raise(to: 3 * limits.connections + 256)
        evthread_use_pthreads()
        guard let base = event_base_new(), let http = evhttp_new(base),
            let wake = event_new(base, -1, Int16(EV_PERSIST), Self.mailArrived, nil)
        else { throw .outOfMemory }
        self.base = base
        self.http = http
        self.limits = limits
        self.health = health
        self.metrics = metrics
        self.manager = manager
        // Twice as often as it must be: one sign may come late.
        signInterval = watchdogSeconds.map { $0 / 2 }
        gatekeeper = Gatekeeper(hosts: hosts, token: token, router: Router(routes), health: health)
        mailbox = LoopMailbox(wake: wake)
        desk = AnswerDesk(
            limits: limits, metrics: metrics, health: health, mailbox: mailbox, log: log)
        try configure(wake)
    }

    var handle: Handle { Handle(mailbox: mailbox) }

    private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private static func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer? {
        context.map { Unmanaged<HTTPServer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let sweepMicroseconds = 100_000
    private static let yearSeconds: Int32 = 365 * 86_400

    private func configure(_ wake: OpaquePointer) throws(ServerError) {
        event_assign(wake, base, -1, Int16(EV_PERSIST), Self.mailArrived, context)
        let fresh = event_new(
            base, -1, Int16(EV_PERSIST),
            { _, _, context in HTTPServer.server(context)?.beginFresh() }, context
        )
        let sweep = event_new(
            base, -1, Int16(EV_PERSIST), { _, _, context in HTTPServer.server(context)?.sweep() },
            context)
        guard let fresh, let sweep else { throw .outOfMemory }
        freshEvent = fresh
        events = [wake, fresh, sweep]
        var interval = timeval(tv_sec: 0, tv_usec: Self.sweepMicroseconds)
        event_add(sweep, &interval)

        // The guard is stricter; this is for what would slip past it.
        evhttp_set_max_headers_size(http, 2 * limits.headBytes)
        // Never: the guard has clocks of its own, and libevent's would end a stream whose client,
        // rightly, sends nothing.
        evhttp_set_timeout(http, Self.yearSeconds)
        evhttp_set_default_content_type(http, nil)
        let methods = [
            EVHTTP_REQ_GET, EVHTTP_REQ_HEAD, EVHTTP_REQ_POST, EVHTTP_REQ_PUT, EVHTTP_REQ_DELETE,
            EVHTTP_REQ_OPTIONS, EVHTTP_REQ_PATCH,
        ]
        evhttp_set_allowed_methods(http, methods.reduce(0) { $0 | UInt16($1.rawValue) })
        evhttp_set_bevcb(
            http, { _, context in HTTPServer.server(context)?.accept() }, context)
        evhttp_set_gencb(
            http,
            { request, context in
                guard let request else { return }
                HTTPServer.server(context)?.received(request)
            }, context)
    }

    /// - Parameter port: 0 for any that is free.
    /// - Returns: the port.
    func listen(host: String, port: Int) throws(ServerError) -> Int {
        // In brackets in an address, without them for the C library.
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard let bound = evhttp_bind_socket_with_handle(http, bare, UInt16(port)) else {
            let number = errno
            guard number != EADDRINUSE else { throw .addressInUse(host: host, port: port) }
            throw .cannotListen(host: host, port: port, reason: String(cString: strerror(number)))
        }
        listener = bound
        guard let actual = PeerAddress.ownPort(of: evhttp_bound_socket_get_fd(bound)) else {
            throw .cannotListen(host: host, port: port, reason: "the socket has no address")
        }
        return actual
    }

    /// Serves until it is drained.
    func run() {
        manager?.tell(.ready)
        event_base_dispatch(base)
    }

    // MARK: Connections

    private func accept() -> OpaquePointer? {
        guard let bufferEvent = bufferevent_socket_new(base, -1, 0) else { return nil }
        let connection = Connection(bufferEvent, server: self)
        connections[bufferEvent] = connection
        fresh.append(connection)
        if let freshEvent { event_active(freshEvent, 0, 0) }
        return bufferEvent
    }

    /// libevent has given them their sockets by now.
    private func beginFresh() {
        for connection in fresh {
            connection.begin()
            // Several may have come at once: those behind this one do not count yet.
            let open = connections.values.filter { $0.descriptor >= 0 && !$0.isRefused }
            let fromThere = open.count { $0.address == connection.address }
            guard open.count > limits.connections || fromThere > limits.connectionsPerAddress
            else { continue }
            var problem = Problem(
                503, "Too many connections",
                open.count > limits.connections
                    ? "\(limits.connections) connections are open."
                    : "\(limits.connectionsPerAddress) connections from this address are open.")
            problem.headers["Retry-After"] = "1"
            connection.refuse(Refusal(.connections, problem))
            // Few may linger to read that: a flood must not use up the descriptors.
            if connections.count > 2 * limits.connections { connection.cut() }
        }
        fresh.removeAll(keepingCapacity: true)
    }

    func remove(_ connection: Connection) {
        if let request = connection.pending { desk.letGo(of: request) }
        connections[connection.bufferEvent] = nil
    }

    func checkRoom(forBody count: Int) throws(Refusal) {
        guard count > 0 else { return }
        let taken = connections.values.reduce(0) { $0 + $1.bodyBytes }
        guard taken + count <= limits.bodyBytes else {
            var problem = Problem(
                503, "Overloaded", "Other requests are sending bodies; there is no room for more.")
            problem.headers["Retry-After"] = "1"
            throw Refusal(.overload, problem)
        }
    }

    // MARK: Requests

    private func received(_ request: OpaquePointer) {
        guard
            let bufferEvent = evhttp_connection_get_bufferevent(
                evhttp_request_get_connection(request)), let connection = connections[bufferEvent],
            let target = evhttp_request_get_uri(request),
            let admission = connection.takeAdmission(of: String(cString: target))
        else {
            // Our guard and libevent's parser disagree on where a request begins.
            metrics.refused(.ambiguous)
            let problem = Problem(400, "Malformed request", "The request is ambiguous.")
            AnswerWriter.send(problem.response, to: request, headOnly: false, closing: true)
            return
        }
        desk.take(admission, of: request, on: connection)
    }

    private static let mailArrived: event_callback_fn = { _, _, context in
        server(context)?.handleMail()
    }

    private func handleMail() {
        for message in mailbox.takeAll() {
            switch message {
            case .drain: beginDraining()
            case .admit(let hosts, let token):
                gatekeeper.hosts = hosts
                gatekeeper.token = token
            default: desk.handle(message)
            }
        }
    }

    // MARK: Clocks

    private func sweep() {
        let now = monotonicSeconds()
        for connection in Array(connections.values) where connection.descriptor >= 0 {
            connection.checkClocks(now, limits: limits)
            if connection.pending != nil, ClientWatch.isGone(connection.descriptor) {
                connection.clientLeft()
            }
        }
        metrics.set(
            connections: connections.count, inFlight: desk.requests, streams: desk.streaming)
        if let signInterval, now - lastSign >= signInterval {
            lastSign = now
            manager?.tell(.alive)
        }
        guard let drainStart else { return }
        let isQuiet = desk.requests == 0 && connections.values.allSatisfy(\.isQuiet)
        if isQuiet || now - drainStart > limits.drainSeconds { event_base_loopbreak(base) }
    }

    private func beginDraining() {
        guard drainStart == nil else { return }
        drainStart = monotonicSeconds()
        health.beginDraining()
        manager?.tell(.stopping)
        if let listener { evhttp_del_accept_socket(http, listener) }
        listener = nil
    }
}
