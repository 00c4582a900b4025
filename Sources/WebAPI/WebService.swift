package import Service

/// reel over HTTP: the use cases behind the server, put together from the settings.
package final class WebService {
    private let server: HTTPServer
    private let settings: ServingSettings
    private let live: LiveLibrary
    private let jobs: JobQueue

    /// - Parameter log: told of errors inside reel.
    package init(
        _ application: Application, log: @escaping @Sendable (String) -> Void
    ) throws {
        settings = application.configuration.serving
        let token = try settings.accessToken()
        let mediaRoots = try MediaRoots(application.configuration.mediaRoots)
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
            jobs: jobs, mediaRoots: mediaRoots, health: health, metrics: metrics)
        server = try HTTPServer(
            routes: RouteTable.routes(context),
            hosts: HostList(
                allowing: settings.allowedHosts + [settings.host], andNumbers: token != nil),
            token: token.map(AccessToken.init), limits: ServerLimits(settings), health: health,
            metrics: metrics, manager: ServiceManager(socketName: settings.notifySocket),
            watchdogSeconds: settings.watchdogSeconds, log: log)
    }

    /// Stops the server, from any thread.
    package var handle: HTTPServer.Handle { server.handle }

    /// - Returns: where it listens: `http://127.0.0.1:8420`.
    package func listen() throws -> String {
        let port = try server.listen(host: settings.host, port: settings.port)
        // Models are loaded while the first requests come in.
        live.start()
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
