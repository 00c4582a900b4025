import Foundation
import TestSupport
import Testing

/// What no client sends, over real sockets: each is refused or cut off, none reaches a route, and
/// others are served meanwhile.
@Suite struct HostileHTTPTests {
    /// Bytes that a client sends, and the statuses that are right answers; a connection that is
    /// closed without an answer is right too.
    struct Probe: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var statuses: Set<Int>
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ statuses: Set<Int> = [400]) {
            self.init(name, Array(text.utf8), statuses)
        }

        init(_ name: String, _ bytes: [UInt8], _ statuses: Set<Int> = [400]) {
            self.name = name
            self.bytes = bytes
            self.statuses = statuses
        }
    }

    private static let host = "Host: 127.0.0.1\r\n"
    private static let json = "Content-Type: application/json\r\n"

    /// A whole request that would be counted, were it ever read as one.
    private static let smuggled = "GET /livez HTTP/1.1\r\n\(host)\r\n"

    private static let heads: [Probe] = [
        Probe("no host", "GET /livez HTTP/1.1\r\n\r\n"),
        Probe("no host in 1.0", "GET /livez HTTP/1.0\r\n\r\n"),
        Probe("two hosts", "GET /livez HTTP/1.1\r\n\(host)Host: evil.example\r\n\r\n"),
        Probe("the same host twice", "GET /livez HTTP/1.1\r\n\(host)\(host)\r\n"),
        Probe("an empty host", "GET /livez HTTP/1.1\r\nHost: \r\n\r\n", [400, 403]),
        Probe("a bare line feed", "GET /livez HTTP/1.1\nHost: 127.0.0.1\n\n"),
        Probe("one bare line feed", "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\nA: b\r\n\r\n"),
        Probe("a bare carriage return", "GET /livez HTTP/1.1\r\n\(host)A: b\rC: d\r\n\r\n"),
        Probe("NUL in a header", "GET /livez HTTP/1.1\r\n\(host)A: b\0c\r\n\r\n"),
        Probe("NUL in the target", "GET /livez\0 HTTP/1.1\r\n\(host)\r\n"),
        Probe("a control character", "GET /livez HTTP/1.1\r\n\(host)A: \u{1}\r\n\r\n"),
        Probe("a folded header", "GET /livez HTTP/1.1\r\n\(host)A: b\r\n c\r\n\r\n"),
        Probe("a blank before the colon", "GET /livez HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n"),
        Probe("a header without a colon", "GET /livez HTTP/1.1\r\n\(host)nonsense\r\n\r\n"),
        Probe("a header without a name", "GET /livez HTTP/1.1\r\n\(host): x\r\n\r\n"),
        Probe("two blanks", "GET  /livez HTTP/1.1\r\n\(host)\r\n"),
        Probe("a blank in the target", "GET /livez x HTTP/1.1\r\n\(host)\r\n"),
        Probe("no version", "GET /livez\r\n\(host)\r\n"),
        Probe("an empty line first", "\r\nGET /livez HTTP/1.1\r\n\(host)\r\n"),
        Probe("version 2.0", "GET /livez HTTP/2.0\r\n\(host)\r\n", [400, 505]),
        Probe("version 1.2", "GET /livez HTTP/1.2\r\n\(host)\r\n", [400, 505]),
        Probe("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
        Probe("an unknown method", "BREW /livez HTTP/1.1\r\n\(host)\r\n", [400, 405, 501]),
        Probe("a tunnel", "CONNECT evil.example:80 HTTP/1.1\r\n\(host)\r\n", [400, 405]),
        Probe("a trace", "TRACE /livez HTTP/1.1\r\n\(host)\r\n", [400, 405]),
        Probe("a proxy's target", "GET http://evil.example/livez HTTP/1.1\r\n\(host)\r\n"),
        Probe("a fragment", "GET /livez#x HTTP/1.1\r\n\(host)\r\n"),
        Probe(
            "an address of 40 KB",
            "GET /livez?" + String(repeating: "a", count: 40_000) + " HTTP/1.1\r\n\(host)\r\n",
            [414, 431]),
        Probe(
            "an address of 10 KB",
            "GET /livez?" + String(repeating: "a", count: 10_000) + " HTTP/1.1\r\n\(host)\r\n",
            [414]),
        Probe(
            "64 KB of headers",
            "GET /livez HTTP/1.1\r\n\(host)A: " + String(repeating: "a", count: 65_536)
                + "\r\n\r\n", [431]),
        Probe(
            "3 000 headers",
            "GET /livez HTTP/1.1\r\n\(host)" + String(repeating: "A: b\r\n", count: 3000)
                + "\r\n", [431]),
        Probe(
            "a TLS client hello",
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
                + [UInt8](repeating: 7, count: 506)),
        Probe("binary", [UInt8](0...255)),
        Probe("one byte of nothing", [0]),
    ]

    private static let bodies: [Probe] = [
        Probe(
            "two lengths",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 4\r\nContent-Length: "
                + "\(smuggled.utf8.count)\r\n\r\n\(smuggled)"),
        Probe(
            "a list of lengths",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 0, 0\r\n\r\n\(smuggled)"),
        Probe(
            "length and chunks",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 6\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(smuggled)"),
        Probe(
            "chunks and length",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Transfer-Encoding: chunked\r\n"
                + "Content-Length: 6\r\n\r\n0\r\n\r\n\(smuggled)"),
        Probe(
            "an encoding that is almost chunked",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Transfer-Encoding: xchunked\r\n\r\n\(smuggled)",
            [400, 501]),
        Probe(
            "two encodings",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Transfer-Encoding: gzip, chunked\r\n\r\n"
                + smuggled, [400, 501]),
        Probe(
            "two encoding headers",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Transfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n\(smuggled)"),
        Probe(
            "chunks in 1.0",
            "POST /v1/ingest HTTP/1.0\r\n\(host)\(json)Transfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\n\(smuggled)"),
        Probe(
            "a body of a GET",
            "GET /livez HTTP/1.1\r\n\(host)Content-Length: \(smuggled.utf8.count)\r\n\r\n"
                + smuggled),
        Probe(
            "chunks of a GET",
            "GET /livez HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"
                + "\(String(smuggled.utf8.count, radix: 16))\r\n\(smuggled)\r\n0\r\n\r\n"),
        Probe(
            "a negative length",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: -1\r\n\r\n"),
        Probe(
            "a length with a plus",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: +4\r\n\r\nabcd"),
        Probe(
            "a hexadecimal length",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 0x4\r\n\r\nabcd"),
        Probe(
            "a length of 2^64",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 18446744073709551616\r\n\r\n",
            [400, 413]),
        Probe(
            "a length of 2^63",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 9223372036854775808\r\n\r\n",
            [400, 413]),
        Probe(
            "a length of 2^62",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Content-Length: 4611686018427387904\r\n\r\n",
            [413]),
        Probe(
            "an unknown expectation",
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Expect: miracle\r\nContent-Length: 1\r\n\r\nx",
            [417]),
    ]

    /// All as `POST /v1/ingest`, which is refused by its method already when its body is whole: what
    /// counts is that nothing behind a bad chunk is ever read as a request.
    private static let chunks: [Probe] = [
        ("a size that is no number", "xyz\r\n"),
        ("a negative size", "-1\r\n"),
        ("a size with 0x", "0x1\r\nx\r\n"),
        ("a size with a blank", " 1\r\nx\r\n"),
        ("a size of 2^64", "10000000000000000\r\n"),
        ("a size of 2^32", "100000000\r\n"),
        ("an empty size", "\r\n"),
        ("a size ended by a line feed", "1\nx\r\n"),
        ("a chunk longer than its size", "1\r\nxxxx\r\n"),
        ("a chunk extension", "1;a=b\r\nx\r\n"),
        ("a chunk ended by a line feed", "1\r\nx\n0\r\n\r\n"),
        ("a trailer", "0\r\nHost: evil.example\r\n\r\n"),
    ].map { name, body in
        Probe(
            name,
            "POST /v1/ingest HTTP/1.1\r\n\(host)\(json)Transfer-Encoding: chunked\r\n\r\n"
                + body + smuggled, [400, 413])
    }

    private static let paths: [Probe] = [
        "/page/../livez", "/page/%2e%2e/livez", "/page/%2E%2E/livez", "/page/%252e%252e/livez",
        "/page/..%2flivez", "/page/..%5clivez", "/page/%c0%ae%c0%ae/livez", "/livez%00",
        "/livez%00.html", "//livez", "/page//livez", "/./livez", "/livez/.", "/page\\..\\livez",
        "/%2e/livez", "/livez%ff", "/livez%", "/livez%g0", "/livez%2", "/livez%0d%0aA:b",
        "/%2flivez", "/page/..;/livez", "/livez/", "/LIVEZ", "/proc/self/environ",
        "/page/%2fetc%2fpasswd", "/page/...", "/livez?q=%00", "/livez?q=%ff", "/livez?%zz=1",
    ].map { path in
        Probe(
            "path \(path)", "GET \(path) HTTP/1.1\r\n\(host)Connection: close\r\n\r\n", [400, 404])
    }

    private static let rebinding: [Probe] = [
        "evil.example", "evil.example:8420", "127.0.0.1.evil", "localhost.", "[::2]",
        "localhost:8420@evil.example", "0.0.0.0", "2130706433",
    ].map { host in
        Probe(
            "host \(host)", "GET /livez HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n",
            [400, 403, 421])
    }

    private static let crossSite: [Probe] = [
        "Origin: http://evil.example", "Origin: null", "Origin: http://localhost:1",
        "Origin: http://127.0.0.1.evil", "Origin: file://", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site", "Origin: http://127.0.0.1\r\nOrigin: http://evil.example",
    ].map { header in
        Probe(
            header.replacing("\r\n", with: ", "),
            "GET /livez HTTP/1.1\r\n\(host)\(header)\r\nConnection: close\r\n\r\n", [400, 403])
    }

    struct Family: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var probes: [Probe]
    }

    private static let families: [Family] = [
        Family(testDescription: "heads", probes: heads),
        Family(testDescription: "bodies", probes: bodies),
        Family(testDescription: "chunks", probes: chunks),
        Family(testDescription: "paths", probes: paths),
        Family(testDescription: "hosts", probes: rebinding),
        Family(testDescription: "origins", probes: crossSite),
    ]

    @Test(arguments: families) func noneReachesARoute(_ family: Family) throws {
        let server = try ServedProgram(["--head-seconds", "1", "--body-seconds", "1"])
        for probe in family.probes {
            let socket = try server.connect()
            // The server may have closed before all is sent.
            try? socket.send(probe.bytes)
            let answer = try socket.readToEnd(within: 10)
            #expect(try server.get("/readyz").status == 200, "others are served: \(probe.name)")
            guard !answer.isEmpty else { continue }
            // One answer only: nothing behind it was read as a request.
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.components(separatedBy: "HTTP/1.1 ").count == 2, "\(probe.name): \(text)")
            let parsed = try RawAnswer(answer)
            #expect(probe.statuses.contains(parsed.status), "\(probe.name): \(text)")
            #expect(parsed.headers["content-type"] == "application/problem+json")
            #expect(parsed.headers["x-content-type-options"] == "nosniff")
            #expect(try parsed.object()["status"] as? Int == parsed.status)
        }
        let metrics = try server.get("/metrics").text.split(separator: "\n")
        let reached = metrics.filter {
            $0.hasPrefix("reel_http_requests_total{") && !$0.contains("route=\"/readyz\"")
        }
        #expect(reached.isEmpty, "\(reached)")
        let refused = metrics.filter { $0.hasPrefix("reel_http_refusals_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        #expect(refused >= family.probes.count)
        // The guard let nothing through that libevent's parser takes for something else.
        #expect(metrics.contains("reel_http_refusals_total{reason=\"ambiguous\"} 0"))
        #expect(try server.get("/livez").status == 200)
    }

    // MARK: Slow clients

    @Test func aHeadThatDripsIsCutOff() throws {
        let server = try ServedProgram(["--head-seconds", "2"])
        let socket = try server.connect()
        let start = ContinuousClock.now
        var answer: [UInt8] = []
        for byte in "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: yyyyyyyyyyyyyy".utf8 {
            try? socket.send([byte])
            #expect(try server.get("/livez").status == 200, "others are served")
            if let bytes = socket.read(within: 0.5) {
                answer = bytes
                break
            }
        }
        #expect(start.duration(to: .now) < .seconds(10))
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
    }

    /// What a client has sent when it falls silent.
    private static let silences: [String] = [
        "", "GET /livez HT",
        "POST /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nabc",
    ]

    @Test(arguments: silences) func aSilentClientIsCutOff(sent: String) throws {
        let server = try ServedProgram(["--head-seconds", "1", "--body-seconds", "1"])
        let socket = try server.connect()
        try socket.send(sent)
        let answer = try socket.readToEnd(within: 8)
        #expect(
            answer.isEmpty || String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
        #expect(try server.get("/livez").status == 200)
    }

    // MARK: Many clients

    @Test func requestsWithoutEndOnOneConnectionDoNotPileUp() throws {
        let server = try ServedProgram()
        let socket = try server.connect()
        socket.setReceiveBuffer(16 << 10)
        let many = String(
            repeating: "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 500)
        // Nothing is read: the server stops taking, or hangs up.
        var sent = 0
        while sent < 400, (try? socket.send(many, within: 1)) != nil { sent += 1 }
        #expect(sent < 400)
        let metrics = try server.get("/metrics").text.split(separator: "\n")
        let resident = metrics.first { $0.hasPrefix("process_resident_memory_bytes ") }
            .flatMap { Double($0.split(separator: " ")[1]) }
        #expect(try #require(resident) < 250e6)
    }

    @Test func manyRequestsLeaveNothingBehind() throws {
        // Without models: those that load meanwhile are no leak.
        let models = try TemporaryFolder()
        let server = try ServedProgram(global: ["--models", models.url.path])
        func figure(_ name: String) throws -> Double {
            let line = try server.get("/metrics").text.split(separator: "\n")
                .first { $0.hasPrefix(name + " ") }
            return try #require(line.flatMap { Double($0.split(separator: " ")[1]) })
        }
        func askAll() throws {
            for _ in 0..<40 {
                let socket = try server.connect()
                let lines = ["/livez", "/", "/nothing", "/readyz?verbose", "/metrics"]
                let asked = (0..<10).flatMap { _ in lines }.map {
                    "GET \($0) HTTP/1.1\r\nHost: localhost\r\n\r\n"
                }
                try socket.send(asked.joined() + "GET /.. HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try socket.readToEnd(within: 20)
            }
        }
        try askAll()
        let before = (try figure("process_open_fds"), try figure("process_resident_memory_bytes"))
        for _ in 0..<5 { try askAll() }
        Thread.sleep(forTimeInterval: 0.5)
        #expect(try figure("process_open_fds") <= before.0 + 1)
        #expect(try figure("process_resident_memory_bytes") < before.1 + 16e6)
    }

    @Test func oneAddressGetsAFewConnectionsOnly() throws {
        let server = try ServedProgram(["--max-connections-per-address", "8"])
        let held = try (0..<8).map { _ in try server.connect() }
        for socket in held {
            try socket.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(try socket.read(until: "ok\n", within: 5).hasPrefix("HTTP/1.1 200"))
        }
        let refused = try RawAnswer(try server.connect().readToEnd(within: 8))
        #expect(refused.status == 503)
        #expect(refused.headers["retry-after"] == "1")
        // Those that are open go on; one that closes makes room.
        try held[1].send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        #expect(try held[1].read(until: "ok\n", within: 5).hasPrefix("HTTP/1.1 200"))
        held[0].close()
        Thread.sleep(forTimeInterval: 0.3)
        #expect(try server.get("/livez").status == 200)
    }

    @Test func aFloodOfConnectionsEndsAndTheServerServesOn() throws {
        let server = try ServedProgram([
            "--max-connections", "20", "--max-connections-per-address", "20",
        ])
        var flood = try (0..<200).map { _ in try server.connect() }
        var served = 0
        for socket in flood {
            try? socket.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            let answer = socket.read(within: 5) ?? []
            if String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 200 ") { served += 1 }
        }
        #expect(served == 20)
        flood.removeAll()
        Thread.sleep(forTimeInterval: 0.5)
        #expect(try server.get("/livez").status == 200)
    }
}
