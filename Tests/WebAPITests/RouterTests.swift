import Testing

@testable import WebAPI

@Suite struct RouterTests {
    private static func route(_ method: HTTPMethod, _ pattern: String) -> Route {
        Route(method, pattern) { _ in HTTPResponse() }
    }

    private static let router = Router([
        route(.get, "/"), route(.get, "/v1/jobs"), route(.post, "/v1/jobs"),
        route(.get, "/v1/jobs/{id}"), route(.get, "/v1/jobs/active"),
        route(.delete, "/v1/jobs/{id}"), route(.get, "/v1/assets/{id}/frames/{ordinal}.jpg"),
    ])

    /// What a request is routed to, in a word.
    private static func found(_ method: HTTPMethod, _ path: String) throws -> String {
        switch router.route(method, try RawPath.segments(of: path)) {
        case .found(let route, let parameters, let headOnly):
            let values = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return ([route.pattern] + values + (headOnly ? ["head"] : [])).joined(separator: " ")
        case .otherMethods(let methods):
            return "only " + methods.map(\.rawValue).joined(separator: ",")
        case .unknown: return "unknown"
        }
    }

    private static let table: [(method: HTTPMethod, path: String, found: String)] = [
        (.get, "/", "/"), (.head, "/", "/ head"), (.post, "/", "only GET,HEAD"),
        (.get, "/v1/jobs", "/v1/jobs"), (.post, "/v1/jobs", "/v1/jobs"),
        (.delete, "/v1/jobs", "only GET,HEAD,POST"),
        (.get, "/v1/jobs/7", "/v1/jobs/{id} id=7"),
        (.delete, "/v1/jobs/a%20b", "/v1/jobs/{id} id=a b"),
        (.get, "/v1/jobs/active", "/v1/jobs/active"),
        (
            .get, "/v1/assets/x/frames/12.jpg",
            "/v1/assets/{id}/frames/{ordinal}.jpg id=x ordinal=12"
        ),
        (.get, "/v1/assets/x/frames/12.png", "unknown"),
        (.get, "/v1/assets/x/frames/.jpg", "unknown"),
        (.get, "/v1", "unknown"), (.get, "/V1/jobs", "unknown"), (.get, "/v1/jobs/7/8", "unknown"),
    ]

    @Test func pathsFindTheirRoutes() throws {
        for row in Self.table {
            #expect(try Self.found(row.method, row.path) == row.found, "\(row.path)")
        }
    }

    private static let refused: [String] = [
        "", "x", "//", "/a//b", "/a/", "/..", "/a/../b", "/%2e%2e", "/%2E%2e/a", "/%252e",
        "/a%2fb", "/a%5cb", "/a%00", "/a%0a", "/%c0%ae", "/%ff", "/%", "/%1", "/%zz", "/.",
    ]

    @Test(arguments: refused) func pathsThatLeadOutAreRefused(path: String) {
        #expect(throws: Refusal.self) { try RawPath.segments(of: path) }
    }

    @Test func queriesAreDecodedInTheirOrder() throws {
        let items = try PercentCoding.items(of: "q=red+car%2B&kind=video&kind=audio&flag&x=a=b&=&")
        #expect(
            items.map { "\($0.name)|\($0.value)" }
                == ["q|red car+", "kind|video", "kind|audio", "flag|", "x|a=b", "|"])
    }
}
