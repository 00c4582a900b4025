package import Service

/// reel over HTTP: the use cases behind the server, put together from the settings.
package final class WebService {
    private let server: HTTPServer
    private let settings: ServingSettings
    private let live: LiveLibrary
    private let jobs: JobQueue
    private let mediaRoots: Monitor<MediaRoots>
    private let manager: ServiceManager?

    /// - Parameter log: told of errors inside reel.
    package init(
        _ application: Application, log: @escaping @Sendable (String) -> Void
    ) throws {
        settings = application.configuration.serving
        let token = try settings.accessToken()
        let mediaRoots = Monitor(try MediaRoots(application.configuration.mediaRoots))
        self.mediaRoots = mediaRoots
        manager = ServiceManager(socketName: settings.notifySocket)
        let jobs = JobQueue(application)
        self.jobs = jobs
        let live = LiveLibrary(application: application)
        self.live = live
        let health = ServerHealth(
            checks: {
                let state = live.readiness
                return [ServerHealth.Check("index", isGood: state.isReady, detail: state.summary)]
            }, whenDraining: jobs.beginStopping)
        let metrics = ServerMetrics()
        let context = RouteContext(
            application: application, live: live, cases: LiveCases(application: application),
            jobs: jobs, mediaRoots: { mediaRoots.withLock(waking: .none) { $0 } }, health: health,
            metrics: metrics)
        server = try HTTPServer(
            routes: RouteTable.routes(context),
            hosts: HostList(settings, hasToken: token != nil),
            token: token.map(AccessToken.init), limits: ServerLimits(settings), health: health,
            metrics: metrics, manager: manager,
            watchdogSeconds: settings.watchdogSeconds, log: log)
    }

    /// What others may do with a running service, from any thread.
    package struct Handle: Sendable {
        let server: HTTPServer.Handle
        let mediaRoots: Monitor<MediaRoots>
        let manager: ServiceManager?
        let host: String

        /// Answers what has been asked, takes no more, and lets `run` return.
        package func drain() { server.drain() }

        /// Takes over from newly read settings who may ask and what may be taken in: the token,
        /// the names it answers to, the media roots. All else is for the next start.
        /// - Throws: when they cannot be; then all stays as it was.
        package func reload(_ read: () throws -> Configuration) throws {
            manager?.tell(.reloading)
            defer { manager?.tell(.ready) }
            let configuration = try read()
            var settings = configuration.serving
            // It goes on listening where it does.
            settings.host = host
            let token = try settings.accessToken()
            let roots = try MediaRoots(configuration.mediaRoots)
            server.admit(
                HostList(settings, hasToken: token != nil), token.map(AccessToken.init))
            mediaRoots.withLock(waking: .none) { $0 = roots }
        }
    }

    package var handle: Handle {
        Handle(
            server: server.handle, mediaRoots: mediaRoots, manager: manager, host: settings.host)
    }

    /// - Returns: where it listens: `http://127.0.0.1:8420`.
    package func listen() throws -> String {
        let port = try server.listen(host: settings.host, port: settings.port)
        // Models are loaded while the first requests come in.
        live.start(preparingPictures: true)
        let host =
            settings.host.contains(":") && !settings.host.hasPrefix("[")
            ? "[\(settings.host)]" : settings.host
        return "http://\(host):\(port)"
    }

    /// Seconds for a run of indexing to come to a safe place: what is whole is committed.
    private static let jobSeconds = 10.0

    /// Serves until it is drained, and what was being indexed is safe.
    package func run() {
        server.run()
        _ = jobs.waitUntilIdle(atMost: Self.jobSeconds)
    }
}

extension HostList {
    init(_ settings: ServingSettings, hasToken: Bool) {
        self.init(allowing: settings.allowedHosts + [settings.host], andNumbers: hasToken)
    }
}

extension ServerLimits {
    init(_ settings: ServingSettings) {
        connections = settings.maximumConnections
        connectionsPerAddress = settings.maximumConnectionsPerAddress
        workers = settings.requestWorkers
        waitingRequests = settings.requestQueue
        headSeconds = settings.headSeconds
        bodySeconds = settings.bodySeconds
        drainSeconds = settings.drainSeconds
    }
}
