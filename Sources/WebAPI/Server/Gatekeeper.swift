/// Decides about each request once its head is read: who may ask, for what, with how large a body.
struct Gatekeeper: Sendable {
    /// A request that may go on to be answered.
    struct Admission: Sendable {
        var head: RequestHead
        var purpose: Purpose
        /// Bytes its body may have.
        var bodyLimit: Int
        /// Decoded, in the order of the address.
        var query: [(name: String, value: String)] = []
    }

    enum Purpose: Sendable {
        case route(Route, parameters: [String: String], headOnly: Bool)
        /// Answered by a problem, on a connection that stays usable.
        case refusal(Refusal)
    }

    var hosts: HostList
    var token: AccessToken?
    var router: Router
    var health: ServerHealth

    /// A body that comes with a refused request is read and dropped up to here; above, the
    /// connection is closed.
    private static let droppedBodyLimit = 64 << 10

    /// - Throws: a refusal that ends the connection.
    func admit(_ head: RequestHead) throws(Refusal) -> Admission {
        do {
            return try admitChecked(head)
        } catch {
            // Who lies about who they are, or sends too much, gets no second request.
            guard ![.host, .origin, .syntax, .size].contains(error.reason) else { throw error }
            switch head.body {
            case .none: break
            case .length(let count) where count <= Self.droppedBodyLimit: break
            case .length, .chunked: throw error
            }
            return Admission(
                head: head, purpose: .refusal(error), bodyLimit: Self.droppedBodyLimit)
        }
    }

    private func admitChecked(_ head: RequestHead) throws(Refusal) -> Admission {
        let authority = head.headers["host"] ?? ""
        guard hosts.allows(authority) else {
            throw Refusal(
                .host,
                Problem(
                    403, "Unknown host",
                    "This server does not answer to the name in the host header. Names are "
                        + "allowed with --allowed-host NAME."))
        }
        let segments = try RawPath.segments(of: head.path)
        let query = try PercentCoding.items(of: head.query ?? "")
        try checkOrigin(head, authority: authority)
        let outcome = router.route(head.method, segments)
        // Before 404: without the token nobody learns what there is.
        if let token, !Self.isOpen(outcome), !token.isCarried(by: head.headers["authorization"]) {
            throw Self.unauthorized(head)
        }
        let (route, parameters, headOnly) = try Self.found(outcome, for: head)
        guard !health.isDraining || route.isAnsweredWhileDraining else {
            var problem = Problem(503, "Stopping", "The server is being stopped.")
            problem.headers["Retry-After"] = "5"
            throw Refusal(.draining, problem)
        }
        try checkBody(head, for: route)
        return Admission(
            head: head, purpose: .route(route, parameters: parameters, headOnly: headOnly),
            bodyLimit: route.maximumBodyBytes, query: query)
    }

    /// Only our own page and programs may ask; of the pages of others, at most a link to ours.
    private func checkOrigin(_ head: RequestHead, authority: String) throws(Refusal) {
        if let origin = head.headers["origin"], !hosts.isSame(origin: origin, as: authority) {
            throw Refusal(
                .origin,
                Problem(403, "Foreign origin", "Pages of other sites may not call this server."))
        }
        switch head.headers["sec-fetch-site"]?.lowercased() {
        case nil, "same-origin", "none": return
        default:
            let isLink =
                head.headers["sec-fetch-mode"] == "navigate"
                && head.headers["sec-fetch-dest"] == "document" && head.method == .get
                && head.path == "/"
            guard isLink else {
                throw Refusal(
                    .origin,
                    Problem(
                        403, "Foreign origin", "Pages of other sites may not call this server."))
            }
        }
    }

    private static func isOpen(_ outcome: Router.Outcome) -> Bool {
        if case .found(let route, _, _) = outcome { route.isOpen } else { false }
    }

    private static func found(
        _ outcome: Router.Outcome, for head: RequestHead
    ) throws(Refusal) -> (Route, [String: String], Bool) {
        switch outcome {
        case .found(let route, let parameters, let headOnly): return (route, parameters, headOnly)
        case .otherMethods(let methods):
            let list = methods.map(\.rawValue).joined(separator: ", ")
            var problem = Problem(
                405, "Method not allowed",
                "This address takes \(list), not \(head.method.rawValue).")
            problem.headers["Allow"] = list
            throw Refusal(.route, problem)
        case .unknown:
            throw Refusal(
                .route, Problem(404, "Not found", "There is nothing at this address."))
        }
    }

    private static func unauthorized(_ head: RequestHead) -> Refusal {
        var problem = Problem(
            401, "Token needed",
            "Send the header Authorization: Bearer TOKEN, with what the server's --token-file holds."
        )
        let asksForPage = head.headers["accept"]?.contains("text/html") == true
        // Browsers ask for a password only by the older scheme.
        problem.headers["WWW-Authenticate"] =
            "Bearer realm=\"reel\""
            + (asksForPage ? ", Basic realm=\"reel\", charset=\"UTF-8\"" : "")
        return Refusal(.authorization, problem)
    }

    private func checkBody(_ head: RequestHead, for route: Route) throws(Refusal) {
        guard head.body != .none else { return }
        let (type, isUTF8) = Self.mediaType(head.headers["content-type"] ?? "")
        guard route.bodyTypes.contains(type), isUTF8 else {
            throw Refusal(
                .type,
                Problem(
                    415, "Content type not supported",
                    "A body sent here is \(route.bodyTypes.joined(separator: " or ")) in UTF-8."))
        }
        if case .length(let count) = head.body, count > route.maximumBodyBytes {
            throw .bodyTooLarge(limit: route.maximumBodyBytes)
        }
    }

    /// The type without its parameters, and whether its charset is none or UTF-8.
    private static func mediaType(_ value: String) -> (type: String, isUTF8: Bool) {
        let parts = value.lowercased().split(separator: ";").map { part in
            part.drop { $0 == " " || $0 == "\t" }
        }
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst(8)
        let isUTF8 = charset.map { ["utf-8", "\"utf-8\"", "utf8"].contains($0) } ?? true
        let type = parts.first.map { $0.prefix { $0 != " " } } ?? ""
        return (String(type), isUTF8)
    }
}
