import Foundation
import TestSupport
import Testing

@testable import WebAPI

/// The loop, the workers and the streams, over real sockets.
@Suite struct HTTPServerTests {
    /// A gate that a route waits at until the test opens it.
    private static func gated(_ pattern: String, _ gate: Monitor<Bool>) -> Route {
        Route(.get, pattern) { _ in
            gate.waitFor { $0 ? () : nil }
            return HTTPResponse(contentType: "text/plain", bytes: Array("done".utf8))
        }
    }

    private static func echo(limit: Int = 1 << 20) -> Route {
        var route = Route(.post, "/echo") { request in
            HTTPResponse(contentType: "application/json", bytes: request.body)
        }
        route.maximumBodyBytes = limit
        return route
    }

    private static let json = "Content-Type: application/json\r\n"

    // MARK: Bodies that come in

    @Test func bodiesArriveWholeHoweverTheyAreSent() throws {
        let server = try RunningServer([Self.echo()])
        let body = String(repeating: "0123456789", count: 10_000)
        let plain = try server.ask(
            "POST /echo", headers: Self.json + "Content-Length: \(body.utf8.count)\r\n", body: body)
        #expect(plain.text == body)
        let pieces = stride(from: 0, to: body.count, by: 1000).map { start in
            "3e8\r\n" + body.dropFirst(start).prefix(1000) + "\r\n"
        }
        let chunked = try server.ask(
            "POST /echo", headers: Self.json + "Transfer-Encoding: chunked\r\n",
            body: pieces.joined() + "0\r\n\r\n")
        #expect(chunked.text == body)
        let expecting = try server.connect()
        try expecting.send(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(Self.json)"
                + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try expecting.read(until: "\r\n\r\n", within: 5).hasPrefix("HTTP/1.1 100 "))
        try expecting.send("{}")
        #expect(try RawAnswer(expecting.readToEnd(within: 5)).text == "{}")
    }

    private static let oversized: [(headers: String, body: String)] = [
        ("Content-Length: 101\r\n", ""),
        ("Content-Length: 1000000000000\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", "65\r\n" + String(repeating: "x", count: 101)),
        (
            "Transfer-Encoding: chunked\r\n",
            String(repeating: "a\r\n0123456789\r\n", count: 11) + "0\r\n\r\n"
        ),
    ]

    @Test func aBodyAboveItsRoutesLimitIsRefused() throws {
        let server = try RunningServer([Self.echo(limit: 100)])
        for (headers, body) in Self.oversized {
            let answer = try server.ask("POST /echo", headers: Self.json + headers, body: body)
            #expect(answer.status == 413, "\(headers)")
            #expect(answer.headers["connection"] == "close")
        }
        let exact = try server.ask(
            "POST /echo", headers: Self.json + "Content-Length: 100\r\n",
            body: String(repeating: "x", count: 100))
        #expect(exact.status == 200)
    }

    @Test func bodiesThatWouldFillTheMemoryWait() throws {
        var limits = ServerLimits()
        limits.bodyBytes = 1000
        let server = try RunningServer([Self.echo()], limits: limits)
        let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(Self.json)"
        let first = try server.connect()
        try first.send(head + "Content-Length: 900\r\n\r\nx")
        // The first is being received once the loop has turned.
        Thread.sleep(forTimeInterval: 0.2)
        let second = try server.connect()
        try second.send(head + "Content-Length: 200\r\n\r\nx")
        let refused = try RawAnswer(second.readToEnd(within: 5))
        #expect(refused.status == 503)
        #expect(refused.headers["retry-after"] == "1")
        try first.send(String(repeating: "x", count: 899))
        #expect(try RawAnswer(first.readToEnd(within: 5)).body.count == 900)
    }

    // MARK: Many requests

    @Test func requestsOnOneConnectionAreAnsweredInTheirOrder() throws {
        let server = try RunningServer([
            Route(.get, "/n/{n}") { request in
                let n = request.parameters["n"] ?? ""
                if n == "0" { Thread.sleep(forTimeInterval: 0.1) }
                return HTTPResponse(contentType: "text/plain", bytes: Array("<\(n)>".utf8))
            }
        ])
        let socket = try server.connect()
        let all = (0..<20).map { number in
            "GET /n/\(number) HTTP/1.1\r\nHost: localhost\r\n"
                + (number == 19 ? "Connection: close\r\n\r\n" : "\r\n")
        }
        try socket.send(all.joined())
        let text = String(decoding: try socket.readToEnd(within: 10), as: UTF8.self)
        let numbers = text.split(separator: "<").dropFirst().compactMap {
            Int($0.prefix { $0 != ">" })
        }
        #expect(numbers == Array(0..<20))
    }

    @Test func overloadIsToldAtOnceAndEndsWithTheLoad() throws {
        var limits = ServerLimits()
        limits.workers = 2
        limits.waitingRequests = 3
        let gate = Monitor(false)
        var quick = Route(.get, "/quick") { _ in HTTPResponse() }
        quick.isImmediate = true
        let server = try RunningServer([Self.gated("/slow", gate), quick], limits: limits)
        let sockets = try (0..<5).map { _ in
            let socket = try server.connect()
            try socket.send("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            Thread.sleep(forTimeInterval: 0.05)
            return socket
        }
        let refused = try server.get("/slow")
        #expect(refused.status == 503)
        #expect(refused.headers["retry-after"] == "1")
        // What needs no worker is answered meanwhile.
        #expect(try server.get("/quick").status == 200)
        gate.withLock { $0 = true }
        for socket in sockets {
            #expect(try RawAnswer(socket.readToEnd(within: 5)).text == "done")
        }
        #expect(try server.get("/slow").text == "done")
    }

    // MARK: Streams and files

    @Test func aStreamsWriterWaitsForItsClient() throws {
        var limits = ServerLimits()
        limits.unsentStreamBytes = 128 << 10
        let written = Monitor(0)
        let pieces = 1000
        let server = try RunningServer(
            [
                Route(.get, "/stream") { _ in
                    HTTPResponse(
                        headers: [(name: "Content-Type", value: "text/plain")],
                        body: .stream { write in
                            for _ in 0..<pieces {
                                try write([UInt8](repeating: 0x61, count: 16 << 10))
                                written.withLock { $0 += 1 }
                            }
                        })
                }
            ], limits: limits)
        let socket = try server.connect()
        socket.setReceiveBuffer(65536)
        try socket.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        Thread.sleep(forTimeInterval: 1)
        let before = written.withLock { $0 }
        // Beside what waits in the server, the kernel's buffer of the sending side holds some.
        #expect(before > 0)
        #expect(
            before < pieces / 2, "\(before) of \(pieces) written to a client that reads nothing")
        let answer = try RawAnswer(socket.readToEnd(within: 20))
        #expect(answer.body.count == pieces << 14)
        #expect(answer.headers["transfer-encoding"] == "chunked")
    }

    @Test func aStreamEndsSoonAfterItsClientLeft() throws {
        let ended = Monitor(false)
        let server = try RunningServer([
            Route(.get, "/events") { request in
                HTTPResponse(
                    body: .stream { write in
                        defer { ended.withLock { $0 = true } }
                        try write(Array("data: 1\n\n".utf8))
                        while !request.isAbandoned() { Thread.sleep(forTimeInterval: 0.01) }
                        try write(Array("data: 2\n\n".utf8))
                    })
            }
        ])
        let socket = try server.connect()
        try socket.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try socket.read(until: "data: 1", within: 5).hasPrefix("HTTP/1.1 200"))
        #expect(!ended.withLock { $0 })
        socket.close()
        Thread.sleep(forTimeInterval: 1)
        #expect(ended.withLock { $0 })
    }

    @Test func aRouteSeesThatItsClientLeft() throws {
        let seconds = Monitor<Double?>(nil)
        let server = try RunningServer([
            Route(.get, "/long") { request in
                let start = monotonicSeconds()
                while !request.isAbandoned(), monotonicSeconds() - start < 5 {
                    Thread.sleep(forTimeInterval: 0.01)
                }
                seconds.withLock { $0 = monotonicSeconds() - start }
                return HTTPResponse()
            }
        ])
        let socket = try server.connect()
        try socket.send("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        Thread.sleep(forTimeInterval: 0.2)
        socket.close()
        let waited = seconds.waitFor { $0 }
        #expect(waited < 1.5)
        #expect(server.metrics.text().contains("reel_http_abandoned_total 1\n"))
    }

    @Test func filesAreSentInPart() throws {
        let folder = try TemporaryFolder()
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(content).write(to: folder.url.appendingPathComponent("file"))
        let path = folder.path("file")
        let server = try RunningServer([
            Route(.get, "/file") { _ in
                HTTPResponse(
                    status: 206,
                    body: .file(descriptor: open(path, O_RDONLY), offset: 1000, length: 2_500_000))
            }
        ])
        for _ in 0..<3 {
            let answer = try server.get("/file")
            #expect(answer.status == 206)
            #expect(answer.body == Array(content[1000..<2_501_000]))
        }
        let head = try server.ask("HEAD /file")
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == "2500000")
    }

    @Test func aFileIsClosedWhenItsClientLeaves() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("large")
        try Data().write(to: URL(fileURLWithPath: path))
        // More than the kernel's buffers hold.
        #expect(truncate(path, 256 << 20) == 0)
        let server = try RunningServer([
            Route(.get, "/file") { _ in
                HTTPResponse(
                    body: .file(descriptor: open(path, O_RDONLY), offset: 0, length: 256 << 20))
            }
        ])
        let socket = try server.connect()
        try socket.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try socket.read(until: "HTTP/1.1 200", within: 5)
        #expect(Self.descriptors(of: path) == 1)
        socket.close()
        Thread.sleep(forTimeInterval: 0.5)
        #expect(Self.descriptors(of: path) == 0)
    }

    /// A mapped file would end the whole process with SIGBUS.
    @Test func aFileThatIsShortenedEndsItsOwnAnswerOnly() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("large")
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(truncate(path, 256 << 20) == 0)
        let server = try RunningServer([
            Route(.get, "/file") { _ in
                HTTPResponse(
                    body: .file(descriptor: open(path, O_RDONLY), offset: 0, length: 256 << 20))
            }
        ])
        let socket = try server.connect()
        try socket.send("GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        _ = try socket.read(until: "HTTP/1.1 200", within: 5)
        #expect(truncate(path, 1 << 20) == 0)
        #expect(try socket.readToEnd(within: 10).count < 256 << 20)
        #expect(try server.get("/nothing").status == 404)
    }

    /// How many descriptors of this process are of that file.
    private static func descriptors(of path: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name))
                == path
        }
    }

    @Test func aClientThatTakesNothingIsCutOff() throws {
        var limits = ServerLimits()
        limits.stallSeconds = 0.5
        let server = try RunningServer(
            [
                Route(.get, "/big") { _ in
                    HTTPResponse(body: .bytes([UInt8](repeating: 1, count: 30_000_000)))
                }
            ], limits: limits)
        let socket = try server.connect()
        socket.setReceiveBuffer(65536)
        try socket.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        Thread.sleep(forTimeInterval: 2)
        let bytes = try socket.readToEnd(within: 5)
        #expect(bytes.count < 30_000_000)
    }

    // MARK: Stopping

    @Test func aStoppingServerAnswersWhatWasAsked() throws {
        let gate = Monitor(false)
        let server = try RunningServer([Self.gated("/slow", gate)])
        let socket = try server.connect()
        try socket.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        Thread.sleep(forTimeInterval: 0.2)
        server.drain()
        Thread.sleep(forTimeInterval: 0.3)
        #expect(server.health.isDraining)
        #expect(throws: RawSocket.Failed.self) { try server.connect() }
        #expect(!server.ends(within: 0.2))
        gate.withLock { $0 = true }
        let answer = try RawAnswer(socket.readToEnd(within: 5))
        #expect(answer.text == "done")
        #expect(answer.headers["connection"] == "close")
        #expect(server.ends(within: 2))
    }

    @Test func aStoppingServerDoesNotWaitForEver() throws {
        var limits = ServerLimits()
        limits.drainSeconds = 0.5
        let gate = Monitor(false)
        let server = try RunningServer([Self.gated("/slow", gate)], limits: limits)
        let socket = try server.connect()
        try socket.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        Thread.sleep(forTimeInterval: 0.2)
        server.drain()
        #expect(server.ends(within: 3))
        gate.withLock { $0 = true }
    }

    @Test func anErrorInARouteIsAnAnswer() throws {
        struct Surprise: Error {}
        let server = try RunningServer([
            Route(.get, "/surprise") { _ in throw Surprise() },
            Route(.get, "/problem") { _ in throw Problem(422, "Wrong value", "top is 0.") },
        ])
        #expect(try server.get("/surprise").status == 500)
        let problem = try server.get("/problem")
        #expect(problem.status == 422)
        #expect(try problem.object()["detail"] as? String == "top is 0.")
        let metrics = server.metrics.text()
        #expect(metrics.contains(#"requests_total{route="/problem",method="GET",code="422"} 1"#))
    }

    @Test func everyAnswerHasTheSecurityHeaders() throws {
        let server = try RunningServer([Self.echo()])
        for answer in [
            try server.get("/nothing"), try server.get("/.."), try server.ask("POST /echo"),
        ] {
            for (name, value) in SecurityHeaders.all {
                #expect(answer.headers[name.lowercased()] == value, "\(answer.status) \(name)")
            }
        }
    }
}
