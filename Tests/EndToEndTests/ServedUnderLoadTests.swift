import Foundation
import Synchronization
import TestSupport
import Testing

/// Clients that go away, and more of them than can be answered.
@Suite(.enabled(if: BuiltProgram.hasTextEncoder, "scripts/fetch-models has not been run"))
struct ServedUnderLoadTests {
    private func serve(_ options: [String] = []) throws -> ServedProgram {
        let server = try ServedProgram(library: DemoLibrary.path(), options)
        try server.eventually { try server.get("/readyz").status == 200 }
        return server
    }

    /// A figure of `/metrics`; of several with labels their sum.
    private static func figure(_ name: String, of server: ServedProgram) throws -> Double {
        try server.get("/metrics").text.split(separator: "\n")
            .filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0, +)
    }

    private static func post(_ path: String, _ json: String, accept: String = "*/*") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: \(accept)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
    }

    // MARK: Who goes away

    /// Minutes of work for a network.
    private static let longWork = post(
        "/v1/embeddings",
        "{\"input\":["
            + Array(
                repeating: "\"\(String(repeating: "a long sentence about boats ", count: 40))\"",
                count: 800
            ).joined(separator: ",") + "]}")

    @Test func workThatNobodyWaitsForIsGivenUp() throws {
        let server = try serve()
        let socket = try server.connect()
        try socket.send(Self.longWork)
        // This answer's own request is one of those in flight.
        try server.eventually {
            try Self.figure("reel_http_requests_in_flight", of: server) >= 1
        }
        Thread.sleep(forTimeInterval: 0.3)
        socket.close()
        try server.eventually {
            try Self.figure("reel_http_requests_in_flight", of: server) == 0
        }
        #expect(try Self.figure("reel_http_abandoned_total", of: server) == 1)
        // The cores are free again.
        try server.eventually {
            let before = try Self.figure("process_cpu_seconds_total", of: server)
            Thread.sleep(forTimeInterval: 0.5)
            return try Self.figure("process_cpu_seconds_total", of: server) - before < 0.25
        }
    }

    @Test func searchesThatAreLeftInTheMiddleLeaveNothingBehind() throws {
        let server = try serve()
        func leave(_ times: Int) throws {
            for number in 0..<times {
                let socket = try server.connect()
                try socket.send(
                    Self.post(
                        "/v1/search", "{\"query\":\"red car \(number)\"}",
                        accept: number % 2 == 0 ? "text/event-stream" : "*/*"))
                // Some before anything is done, some in the middle of the stages.
                if number % 3 == 0 { _ = socket.read(within: 0.05, upTo: 1) }
            }
        }
        func settle() throws {
            try server.eventually {
                try Self.figure("reel_http_requests_in_flight", of: server) == 0
                    && Self.figure("reel_http_streams", of: server) == 0
                    && Self.figure("reel_http_connections", of: server) <= 1
            }
        }
        try leave(20)
        try settle()
        let descriptors = try Self.figure("process_open_fds", of: server)
        try leave(150)
        try settle()
        #expect(try Self.figure("process_open_fds", of: server) <= descriptors)
        #expect(try Self.figure("reel_http_abandoned_total", of: server) > 0)
        #expect(try server.post("/v1/search", json: #"{"query":"red car"}"#).status == 200)
        #expect(!server.messages.contains("reel:"), "\(server.messages)")
    }

    // MARK: Many at the same time

    /// What an answer says of its hits: where they are, and how good each channel finds them.
    private struct FoundHit {
        var place: String
        var figures: [Double]

        init(_ hit: [String: Any]) throws {
            let asset = try #require((hit["asset"] as? [String: Any])?["id"] as? String)
            let moment = try #require(hit["moment"] as? [String: Double])
            place = "\(asset) \(moment["start_seconds"] ?? -1) \(moment["end_seconds"] ?? -1)"
            let channels = try #require(hit["channels"] as? [String: [String: Any]])
            figures =
                [try #require(hit["score"] as? Double)]
                + channels.sorted { $0.key < $1.key }.flatMap { _, channel in
                    ["score", "raw"].map { channel[$0] as? Double ?? -9 }
                }
        }
    }

    private static let objects = ["car", "boat", "train", "dog", "tree", "house", "ball", "fish"]
    private static let colours = ["red", "blue", "green", "yellow"]

    /// Each of them goes through networks and past rows together with others, or alone.
    @Test func searchesAtTheSameTimeFindWhatTheyFindAlone() throws {
        let queries = Self.colours.flatMap { colour in
            Self.objects.map { "{\"query\":\"a \(colour) \($0)\",\"rerank\":false}" }
        }
        func found(_ answer: RawAnswer) throws -> [FoundHit] {
            #expect(answer.status == 200)
            return try #require(answer.object()["hits"] as? [[String: Any]]).map(FoundHit.init)
        }
        // Each server remembers queries of its own.
        let (quiet, busy) = (try serve(), try serve(["--max-connections-per-address", "64"]))
        let port = busy.port
        let together = Mutex<[Int: RawAnswer]>([:])
        let group = DispatchGroup()
        for (number, query) in queries.enumerated() {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                guard let socket = try? RawSocket(port: port) else { return }
                try? socket.send(
                    Self.post("/v1/search", query)
                        .replacing("Accept:", with: "Connection: close\r\nAccept:"))
                guard let bytes = try? socket.readToEnd(within: 60),
                    let answer = try? RawAnswer(bytes)
                else { return }
                together.withLock { $0[number] = answer }
            }
        }
        group.wait()
        for (number, query) in queries.enumerated() {
            let alone = try found(quiet.post("/v1/search", json: query))
            let other = try found(try #require(together.withLock { $0[number] }))
            #expect(!alone.isEmpty)
            #expect(alone.map(\.place) == other.map(\.place), "\(query)")
            for (one, another) in zip(alone, other) {
                for (left, right) in zip(one.figures, another.figures) {
                    #expect(abs(left - right) < 1e-5, "\(query)")
                }
            }
        }
    }

    // MARK: More than can be answered

    @Test func whatIsTooMuchIsToldSoAndTheRestIsAnswered() throws {
        let server = try serve([
            "--request-workers", "2", "--request-queue", "4", "--max-connections-per-address",
            "128",
        ])
        let answers = Mutex<[RawAnswer]>([])
        let group = DispatchGroup()
        let port = server.port
        for client in 0..<48 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                guard let socket = try? RawSocket(port: port) else { return }
                let query = "{\"query\":\"a boat at night, number \(client)\"}"
                try? socket.send(
                    Self.post("/v1/search", query)
                        .replacing("Accept:", with: "Connection: close\r\nAccept:"))
                guard let bytes = try? socket.readToEnd(within: 60),
                    let answer = try? RawAnswer(bytes)
                else { return }
                answers.withLock { $0.append(answer) }
            }
        }
        // Who only asks whether it lives waits for nobody.
        #expect(try server.get("/livez").status == 200)
        group.wait()
        let all = answers.withLock { $0 }
        #expect(all.count == 48)
        let refused = all.filter { $0.status == 503 }
        let served = all.filter { $0.status == 200 }
        #expect(refused.count + served.count == 48)
        #expect(served.count >= 6)
        #expect(refused.count > 0)
        for answer in refused {
            #expect(answer.headers["retry-after"] == "1")
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
        for answer in served {
            #expect(try (answer.object()["hits"] as? [Any])?.isEmpty == false)
        }
        #expect(try server.post("/v1/search", json: #"{"query":"boat"}"#).status == 200)
    }
}
