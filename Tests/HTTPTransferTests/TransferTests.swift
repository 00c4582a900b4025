import HTTPTransfer
import TestSupport
import Testing

struct TransferTests {
    private func request(
        _ url: String, key: String? = nil, local: Bool = true,
        _ change: (inout TransferRequest.Limits) -> Void = { _ in }
    ) -> TransferRequest {
        var request = TransferRequest(
            url: url, key: key.flatMap { SecretKey($0) }, allowsLocalNetwork: local)
        change(&request.limits)
        return request
    }

    /// The body, and the answer.
    private func run(
        _ request: TransferRequest, wanting statuses: Set<Int> = [200]
    ) throws -> (body: [UInt8], answer: TransferAnswer) {
        var body: [UInt8] = []
        let answer = try Transfer(request, wanting: statuses).run(
            onBytes: { body += $1 }, isCancelled: { false })
        return (body, answer)
    }

    private static func redirect(_ url: String) -> ScriptedServer.Reply {
        .json("", status: "302 Found", headers: "Location: \(url)\r\n")
    }

    @Test func headersAndBodyComeThrough() throws {
        let server = try ScriptedServer([
            .json("[1]", headers: "X-Twice: a\r\nX-Twice: b\r\nETag:\t\"7\" \r\n")
        ])
        var request = request(server.url + "/a?b=c")
        request.headers = [.init("Range", "bytes=5-")]
        let (body, answer) = try run(request)
        #expect(body == Array("[1]".utf8) && answer.status == 200)
        #expect(answer.headers["x-twice"] == "b" && answer.headers["etag"] == "\"7\"")
        #expect(answer.contentType == "application/json")
        let sent = try #require(server.requests.first)
        #expect(sent.target == "/v1/a?b=c" && sent.header("Range") == "bytes=5-")
        #expect(sent.head.hasPrefix("GET ") && sent.header("Authorization") == nil)
    }

    @Test func aRedirectIsFollowedOnlyAsFarAsAllowed() throws {
        let last = try ScriptedServer([.json("there")])
        let first = try ScriptedServer([Self.redirect(last.url + "/x")])
        let (body, _) = try run(request(first.url) { $0.redirects = 1 })
        #expect(body == Array("there".utf8))
        let answer = try run(request(first.url)).answer
        #expect(answer.status == 302 && answer.redirect == last.url + "/x")
        #expect(last.requests.count == 1)

        let loop = try ScriptedServer([Self.redirect("/v1/again?secret=1")])
        #expect(
            throws: TransferError.refusedRedirect(
                to: "http://127.0.0.1:\(loop.port)/v1/again")
        ) { try run(request(loop.url) { $0.redirects = 5 }) }
        #expect(loop.requests.count == 6)
    }

    @Test func theKeyStaysWithTheServerItIsFor() throws {
        let other = try ScriptedServer([.json("there")])
        let server = try ScriptedServer(answering: { request in
            request.target == "/v1" ? Self.redirect("/near") : Self.redirect(other.url)
        })
        _ = try run(request(server.url, key: "hf_secret") { $0.redirects = 3 })
        #expect(
            server.requests.map { $0.header("Authorization") }
                == ["Bearer hf_secret", "Bearer hf_secret"])
        #expect(other.requests.map(\.head).allSatisfy { !$0.contains("hf_secret") })
        #expect(other.requests.count == 1)
    }

    private static let refused = [
        "http://example.com/x", "ftp://127.0.0.1/x", "file:///etc/passwd",
        "http://user:word@127.0.0.1/x", "http://169.254.169.254/latest",
    ]

    @Test(arguments: refused)
    func aRedirectToWhereNothingMayBeAskedIsRefused(url: String) throws {
        let server = try ScriptedServer([Self.redirect(url)])
        #expect(throws: TransferError.self) {
            try run(request(server.url) { $0.redirects = 3 })
        }
    }

    @Test func localAddressesAreTalkedToOnlyWhereTheyAreMeant() throws {
        let server = try ScriptedServer([.json("there")])
        #expect(throws: TransferError.refusedAddress(host: "127.0.0.1", address: "127.0.0.1")) {
            try run(request(server.url, local: false))
        }
        #expect(server.requests.isEmpty)
    }

    @Test func aBodyWithoutEndIsCutOff() throws {
        let server = try ScriptedServer([
            .init([
                .send("HTTP/1.1 200 OK\r\n\r\n"),
                .sendBytes([UInt8](repeating: 120, count: 1 << 20)),
            ])
        ])
        #expect(throws: TransferError.bodyTooLarge(limit: 1000)) {
            try run(request(server.url) { $0.bodyBytes = 1000 })
        }
    }

    @Test func aBodyThatEndsEarlyIsBrokenOff() throws {
        let server = try ScriptedServer([
            .init([.send("HTTP/1.1 206 Partial Content\r\nContent-Length: 9\r\n\r\nabc")])
        ])
        #expect(throws: TransferError.brokenOff) {
            try run(request(server.url), wanting: [200, 206])
        }
    }

    @Test func silenceIsGivenUpEvenWhereTheWholeMayTakeLong() throws {
        let server = try ScriptedServer([
            .init([.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), .pause(20)])
        ])
        #expect(throws: TransferError.timedOut) {
            try run(request(server.url) { $0.silenceSeconds = 1 })
        }
    }

    @Test func headersWithoutEndAreCutOff() throws {
        let server = try ScriptedServer([
            .init([
                .send("HTTP/1.1 200 OK\r\n"),
                .sendBytes(
                    (0..<3000).flatMap { _ in
                        Array("X-A: \(String(repeating: "a", count: 100))\r\n".utf8)
                    }),
            ])
        ])
        #expect(throws: TransferError.self) { try run(request(server.url)) }
    }

    private static let faulty = ["", "ftp://host/v1", "host/x", "http://", "http://a:b@host/"]

    @Test(arguments: faulty)
    func anAddressThatIsNoneIsRefused(url: String) {
        #expect(throws: TransferError.self) { try run(request(url)) }
    }

    @Test func aKeyShowsItselfToNobody() throws {
        let request = request("https://host/", key: "  hf_secret\n")
        #expect(request.key?.text == "hf_secret" && SecretKey(" \n") == nil)
        var dumped = "\(request)"
        dump(request, to: &dumped)
        #expect(!dumped.contains("hf_secret"))
    }
}
