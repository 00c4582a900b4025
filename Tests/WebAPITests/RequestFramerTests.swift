import TestSupport
import Testing

@testable import WebAPI

/// Where the guard sees requests begin and end, and what it refuses.
@Suite struct RequestFramerTests {
    /// What a byte sequence is taken for.
    struct Outcome: Equatable {
        var targets: [String] = []
        var finished = 0
        var status: Int?
    }

    private static func outcome(
        of text: String, pieces: Int = .max, limits: ServerLimits = ServerLimits()
    ) -> Outcome {
        outcome(of: Array(text.utf8), pieces: pieces, limits: limits)
    }

    private static func outcome(
        of bytes: [UInt8], pieces: Int = .max, limits: ServerLimits = ServerLimits(),
        bodyLimit: Int = 100
    ) -> Outcome {
        var framer = RequestFramer(limits: limits)
        var outcome = Outcome()
        var rest = bytes[...]
        do throws(Refusal) {
            while !rest.isEmpty {
                let piece = Array(rest.prefix(pieces))
                rest = rest.dropFirst(pieces)
                try consume(piece, with: &framer, into: &outcome, bodyLimit: bodyLimit)
            }
        } catch {
            outcome.status = error.problem.status
        }
        return outcome
    }

    private static func consume(
        _ bytes: [UInt8], with framer: inout RequestFramer, into outcome: inout Outcome,
        bodyLimit: Int
    ) throws(Refusal) {
        var targets: [String] = []
        var finished = 0
        defer {
            outcome.targets += targets
            outcome.finished += finished
        }
        let result = bytes.withUnsafeBytes { buffer -> Result<Void, Refusal> in
            do throws(Refusal) {
                try framer.consume(
                    buffer,
                    admit: { (head: RequestHead) throws(Refusal) -> Int in
                        targets.append(head.target)
                        return bodyLimit
                    }, finish: { finished += 1 })
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private static let host = "Host: localhost\r\n"
    private static let chunked = "POST /a HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"

    /// Texts and the requests in them, however they are cut.
    private static let good: [(text: String, targets: [String])] = [
        ("GET / HTTP/1.1\r\n\(host)\r\n", ["/"]),
        ("GET /a?b=c%20d HTTP/1.0\r\n\(host)\r\n", ["/a?b=c%20d"]),
        ("GET /a HTTP/1.1\r\n\(host)\r\nGET /b HTTP/1.1\r\n\(host)\r\n", ["/a", "/b"]),
        (
            "POST /a HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\n12345GET /b HTTP/1.1\r\n"
                + "\(host)\r\n", ["/a", "/b"]
        ),
        ("POST /a HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n", ["/a"]),
        (chunked + "5\r\n12345\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\(host)\r\n", ["/a", "/b"]),
        (chunked + "0\r\n\r\n", ["/a"]),
        (chunked + "A\r\n0123456789\r\n000a\r\n0123456789\r\n0\r\n\r\n", ["/a"]),
        ("GET / HTTP/1.1\r\n\(host)X: t\u{E9}\tx\r\nX: b\r\n\r\n", ["/"]),
        ("GET / HTTP/1.1\r\nhOST:localhost  \r\n\r\n", ["/"]),
    ]

    @Test(arguments: [1, 2, 3, 7, Int.max]) func requestsAreFoundHoweverTheyAreCut(pieces: Int) {
        for (text, targets) in Self.good {
            let outcome = Self.outcome(of: text, pieces: pieces)
            #expect(outcome == Outcome(targets: targets, finished: targets.count), "\(text)")
        }
    }

    private static let bad: [(text: String, status: Int)] = [
        ("GET / HTTP/1.1\n\(host)\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", 400),
        ("GET / HTTP/1.1\r\n\(host)Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 99999999999999999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\n\(host)Content-Length: 101\r\n\r\n", 413),
        ("GET / HTTP/1.1\r\n\(host)Content-Length: 1\r\n\r\nx", 400),
        ("GET / HTTP/3.0\r\n\(host)\r\n", 505),
        ("FETCH / HTTP/1.1\r\n\(host)\r\n", 405),
        ("\u{16}\u{3}\u{1}", 400),
        (chunked + "65\r\n", 413),
        (chunked + "32\r\n" + String(repeating: "x", count: 50) + "\r\n33\r\n", 413),
        (chunked + "g\r\n", 400),
        (chunked + "\r\n", 400),
        (chunked + "1\r\nxy", 400),
        (chunked + "1\nx\r\n", 400),
        (chunked + "123456789\r\n", 400),
        (chunked + "1;x=y\r\n", 400),
        (chunked + "0\r\nA: b\r\n\r\n", 400),
    ]

    @Test(arguments: [1, 5, Int.max]) func faultsAreRefusedHoweverTheyAreCut(pieces: Int) {
        for (text, status) in Self.bad {
            #expect(Self.outcome(of: text, pieces: pieces).status == status, "\(text)")
        }
    }

    /// Whatever comes, however it is cut: no trap, and always the same outcome.
    @Test func spoiltRequestsAreTakenForTheSameHoweverTheyAreCut() {
        var random = SeededRandom(seed: 7)
        let texts = Self.good.map(\.text) + Self.bad.map(\.text)
        let marks = Array("\r\n\0 :,;0aF\t/%-".utf8) + [0x16, 0x7F, 0xFF]
        var refused = 0
        for _ in 0..<3000 {
            var bytes = Array((texts.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = marks.randomElement(using: &random) ?? 0
                default: bytes.insert(marks.randomElement(using: &random) ?? 0, at: place)
                }
            }
            let whole = Self.outcome(of: bytes)
            let pieces = Int.random(in: 1...9, using: &random)
            #expect(Self.outcome(of: bytes, pieces: pieces) == whole)
            refused += whole.status == nil ? 0 : 1
        }
        #expect(refused > 1000)
    }

    @Test func whatFollowsAFaultIsNotRead() {
        let text = "POST /a HTTP/1.1\r\n\(Self.host)Content-Length: x\r\n\r\nGET /b HTTP/1.1\r\n"
        #expect(Self.outcome(of: text + "\(Self.host)\r\n").targets == [])
    }

    @Test func sizesUpToTheLimitsPass() {
        var limits = ServerLimits()
        limits.headBytes = 200
        limits.headerCount = 3
        limits.targetBytes = 20
        func status(_ text: String) -> Int? { Self.outcome(of: text, limits: limits).status }
        #expect(status("GET /2345678901234567890 HTTP/1.1\r\n\(Self.host)\r\n") == nil)
        #expect(status("GET /23456789012345678901 HTTP/1.1\r\n\(Self.host)\r\n") == 414)
        #expect(status("GET / HTTP/1.1\r\n\(Self.host)A: 1\r\nB: 2\r\n\r\n") == nil)
        #expect(status("GET / HTTP/1.1\r\n\(Self.host)A: 1\r\nB: 2\r\nC: 3\r\n\r\n") == 431)
        let start = "GET / HTTP/1.1\r\n\(Self.host)A: "
        let room = 200 - start.utf8.count - 4
        #expect(status(start + String(repeating: "a", count: room) + "\r\n\r\n") == nil)
        #expect(status(start + String(repeating: "a", count: room + 1) + "\r\n\r\n") == 431)
    }
}
