package import Service

/// reel over HTTP: the use cases behind the server, put together from the settings.
package final class WebService {
    private let server: HTTPServer
    private let settings: ServingSettings

    /// - Parameter log: told of errors inside reel.
    package init(
        _ application: Application, log: @escaping @Sendable (String) -> Void
    ) throws {
        settings = application.configuration.serving
        let token = try settings.accessToken()
        let health = ServerHealth {
            let state = application.libraryState()
            return [ServerHealth.Check("index", isGood: state.isGood, detail: state.detail)]
        }
        let metrics = ServerMetrics()
        let context = RouteContext(application: application, health: health, metrics: metrics)
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
        let host =
            settings.host.contains(":") && !settings.host.hasPrefix("[")
            ? "[\(settings.host)]" : settings.host
        return "http://\(host):\(port)"
    }

    /// Serves until it is drained.
    package func run() { server.run() }
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
