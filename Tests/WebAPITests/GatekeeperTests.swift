import Testing

@testable import WebAPI

/// Who may ask for what, once a head is read.
@Suite struct GatekeeperTests {
    private static let token = "correct-horse-battery"

    private static func gatekeeper(token: String? = nil) -> Gatekeeper {
        var open = Route(.get, "/livez") { _ in HTTPResponse() }
        open.isOpen = true
        open.isAnsweredWhileDraining = true
        let search = Route(.post, "/v1/search") { _ in HTTPResponse() }
        return Gatekeeper(
            hosts: HostList(andNumbers: token != nil), token: token.map(AccessToken.init),
            router: Router([open, Route(.get, "/") { _ in HTTPResponse() }, search]),
            health: ServerHealth { [] })
    }

    /// - Returns: the status it is refused with; 200 when it goes on.
    private static func status(
        _ line: String, _ headers: [String], by gatekeeper: Gatekeeper = gatekeeper()
    ) throws -> Int {
        let head =
            "\(line) HTTP/1.1\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
        do {
            let admission = try gatekeeper.admit(
                RequestHead(parsing: Array(head.utf8), limits: ServerLimits()))
            if case .refusal(let refusal) = admission.purpose { return refusal.problem.status }
            return 200
        } catch {
            return error.problem.status
        }
    }

    private static let ours = "Host: localhost:8420"

    struct Asked: Sendable {
        var line: String
        var headers: [String]
        var status: Int

        init(_ line: String, _ headers: [String], _ status: Int) {
            self.line = line
            self.headers = headers
            self.status = status
        }
    }

    private static let table: [Asked] = [
        Asked("GET /livez", [ours], 200),
        Asked("GET /livez", ["Host: evil.example"], 403),
        Asked("GET /livez", [ours, "Origin: http://localhost:8420"], 200),
        Asked("GET /livez", [ours, "Origin: http://LOCALHOST:8420"], 200),
        Asked("GET /livez", [ours, "Origin: http://localhost:8421"], 403),
        Asked("GET /livez", [ours, "Origin: http://localhost"], 403),
        Asked("GET /livez", [ours, "Origin: null"], 403),
        Asked("GET /livez", [ours, "Sec-Fetch-Site: same-origin"], 200),
        Asked("GET /livez", [ours, "Sec-Fetch-Site: none"], 200),
        Asked("GET /livez", [ours, "Sec-Fetch-Site: same-site"], 403),
        Asked("GET /livez", [ours, "Sec-Fetch-Site: cross-site"], 403),
        // A link to the page, from anywhere.
        Asked(
            "GET /",
            [
                ours, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: document",
            ], 200),
        Asked(
            "GET /",
            [
                ours, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: iframe",
            ], 403),
        Asked("GET /nothing", [ours], 404),
        Asked("POST /livez", [ours], 405),
        Asked("POST /v1/search", [ours], 200),
        Asked("POST /v1/search", [ours, "Content-Length: 2"], 415),
        Asked("POST /v1/search", [ours, "Content-Length: 2", "Content-Type: text/plain"], 415),
        Asked(
            "POST /v1/search", [ours, "Content-Length: 2", "Content-Type: application/json"], 200),
        Asked(
            "POST /v1/search",
            [ours, "Content-Length: 2", "Content-Type: Application/JSON; charset=UTF-8"], 200),
        Asked(
            "POST /v1/search",
            [ours, "Content-Length: 2", "Content-Type: application/json; charset=latin1"], 415),
        Asked(
            "POST /v1/search",
            [ours, "Content-Length: 1048577", "Content-Type: application/json"], 413),
    ]

    @Test func requestsAreJudgedByTheirHeads() throws {
        for asked in Self.table {
            let status = try Self.status(asked.line, asked.headers)
            #expect(status == asked.status, "\(asked)")
        }
    }

    private static let authorizations: [(header: String?, status: Int)] = [
        (nil, 401), ("Bearer \(token)", 200), ("bearer  \(token)", 200),
        ("Bearer \(token)x", 401), ("Bearer \(token.dropLast())", 401), ("Bearer ", 401),
        ("Bearer", 401), (token, 401), ("Digest \(token)", 401),
        ("Basic eDpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=", 200), ("Basic !!!", 401),
        ("Basic Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", 401),
    ]

    @Test func theTokenIsAskedOfAllButProbes() throws {
        let gatekeeper = Self.gatekeeper(token: Self.token)
        for (header, status) in Self.authorizations {
            let headers = [Self.ours] + (header.map { ["Authorization: \($0)"] } ?? [])
            #expect(try Self.status("POST /v1/search", headers, by: gatekeeper) == status)
            // What there is, nobody learns without the token.
            let unknown = try Self.status("GET /nothing", headers, by: gatekeeper)
            #expect(unknown == (status == 200 ? 404 : 401))
        }
        #expect(try Self.status("GET /livez", [Self.ours], by: gatekeeper) == 200)
        // An address in numbers cannot have been made to point here.
        #expect(try Self.status("GET /livez", ["Host: 192.168.1.5:8420"], by: gatekeeper) == 200)
    }

    @Test func aStoppingServerAnswersProbesOnly() throws {
        let gatekeeper = Self.gatekeeper()
        gatekeeper.health.beginDraining()
        #expect(try Self.status("GET /livez", [Self.ours], by: gatekeeper) == 200)
        #expect(try Self.status("GET /", [Self.ours], by: gatekeeper) == 503)
    }
}
