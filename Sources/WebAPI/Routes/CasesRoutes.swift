internal import Service

/// `GET /v1/cases`, and `POST /v1/cases/classify`, `search` and `predict`: the law's own flow.
///
/// A fact stands in the body and nowhere else: never in an address, a log, an error or a metric.
enum CasesRoutes {
    static func routes(_ cases: LiveCases) -> [Route] {
        [
            Route(.get, "/v1/cases") { _ in try .json(cases.library()) },
            route("/v1/cases/classify") { request in
                let members = try JSONNode(parsing: request.body).members(["fact", "top"])
                let top = try members["top"]?.integer(in: tops) ?? standardTop
                return try .json(cases.session().classify(try fact(members), top: top))
            },
            route("/v1/cases/search") { request in
                try .json(cases.session().search(try precedentRequest(request.body)))
            },
            route("/v1/cases/predict") { request in
                try .json(
                    cases.session().predict(
                        try precedentRequest(request.body), isCancelled: request.isAbandoned))
            },
        ]
    }

    private static let standardTop = 5
    private static let tops = 1...100
    private static let listLimit = 20
    /// Of a fact and of a charge's name, in UTF-8: longer ones are refused by their own sentence.
    private static let factBytes = 1 << 20
    private static let chargeBytes = 300

    private static func route(
        _ pattern: String, _ respond: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) -> Route { Route(.post, pattern, respond: respond) }

    static func precedentRequest(_ body: [UInt8]) throws -> PrecedentRequest {
        let members = try JSONNode(parsing: body).members(
            ["fact", "charges", "articles", "months", "years", "top"])
        var request = PrecedentRequest(fact: try fact(members))
        request.charges =
            try members["charges"].map(elements)?.map { try $0.text(atMost: chargeBytes) } ?? []
        request.articles =
            try members["articles"].map(elements)?.map { try $0.integer(in: 1...10_000) } ?? []
        request.months = try members["months"].map { try range($0, in: 0...1200) }
        request.years = try members["years"].map { try range($0, in: 1979...2100) }
        request.top = try members["top"]?.integer(in: tops) ?? request.top
        return request
    }

    private static func fact(_ members: [String: JSONNode]) throws(InputError) -> String {
        guard let fact = members["fact"] else {
            throw InputError(.invalid, "/fact", "The facts of a case are expected.")
        }
        return try fact.text(atMost: factBytes)
    }

    /// Of a list that has any.
    private static func elements(_ list: JSONNode) throws -> [JSONNode] {
        let elements = try list.elements(atMost: listLimit)
        guard !elements.isEmpty else { throw list.error("Expected a list with something in it.") }
        return elements
    }

    /// Two numbers, the first not above the second.
    private static func range(
        _ node: JSONNode, in limits: ClosedRange<Int>
    ) throws -> ClosedRange<Int> {
        let numbers = try node.elements(atMost: 2).map { try $0.integer(in: limits) }
        guard numbers.count == 2, numbers[0] <= numbers[1] else {
            throw node.error("Expected two numbers, the first not above the second.")
        }
        return numbers[0]...numbers[1]
    }
}
