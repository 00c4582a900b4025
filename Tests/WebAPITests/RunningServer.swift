import Foundation
import TestSupport

@testable import WebAPI

/// A server of a test's own routes, on a thread of its own, until the test lets go of it.
final class RunningServer {
    let port: Int
    let metrics: ServerMetrics
    let health: ServerHealth
    private let handle: HTTPServer.Handle
    private let hasEnded: Monitor<Bool>

    init(_ routes: [Route], limits: ServerLimits = ServerLimits()) throws {
        let metrics = ServerMetrics()
        let health = ServerHealth { [] }
        let started = Monitor<Result<(Int, HTTPServer.Handle), ServerError>?>(nil)
        let ended = Monitor(false)
        let thread = Thread {
            do throws(ServerError) {
                let server = try HTTPServer(
                    routes: routes, hosts: HostList(), token: nil, limits: limits, health: health,
                    metrics: metrics, log: { _ in })
                let port = try server.listen(host: "127.0.0.1", port: 0)
                started.withLock { $0 = .success((port, server.handle)) }
                server.run()
            } catch {
                started.withLock { $0 = .failure(error) }
            }
            ended.withLock { $0 = true }
        }
        thread.start()
        (port, handle) = try started.waitFor { $0 }.get()
        self.metrics = metrics
        self.health = health
        hasEnded = ended
    }

    deinit { handle.drain() }

    func connect() throws -> RawSocket { try RawSocket(port: port) }

    func drain() { handle.drain() }

    /// - Returns: whether the server has ended by then.
    func ends(within seconds: Double) -> Bool {
        let deadline = Date.now.addingTimeInterval(seconds)
        while Date.now < deadline {
            if hasEnded.withLock({ $0 }) { return true }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return false
    }

    /// Asks over a connection of its own.
    func ask(_ line: String, headers: String = "", body: String = "") throws -> RawAnswer {
        let socket = try connect()
        try socket.send(
            "\(line) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n\(body)")
        return try RawAnswer(socket.readToEnd(within: 20))
    }

    func get(_ target: String) throws -> RawAnswer { try ask("GET \(target)") }
}
