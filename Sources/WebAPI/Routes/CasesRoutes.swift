internal import Service

/// `POST /v1/cases/classify`, `search` and `predict`: the law's own flow.
///
/// A fact stands in the body and nowhere else: never in an address, a log, an error or a metric.
enum CasesRoutes {
    static func routes(_ application: Application) -> [Route] {
        [
            route("/v1/cases/classify") { request in
                var fields = try JSONFields(request.body, known: ["fact", "top"])
                let fact = fields.text("fact")
                let top = fields.integer("top", in: tops)
                try fields.finish()
                return try .json(application.classifyCase(fact ?? "", top: top ?? standardTop))
            },
            route("/v1/cases/search") { request in
                try .json(application.searchCases(try precedentRequest(request.body)))
            },
            route("/v1/cases/predict") { request in
                try .json(
                    application.predictCase(
                        try precedentRequest(request.body), isCancelled: request.isAbandoned))
            },
        ]
    }

    private static let standardTop = 5
    private static let tops = 1...100
    private static let listLimit = 20

    private static func route(
        _ pattern: String, _ respond: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) -> Route { Route(.post, pattern, respond: respond) }

    static func precedentRequest(_ body: [UInt8]) throws -> PrecedentRequest {
        var fields = try JSONFields(
            body, known: ["fact", "charges", "articles", "months", "years", "top"])
        let fact = fields.text("fact")
        let charges = fields.optionalTexts("charges", limit: listLimit)
        let articles = fields.integers("articles", in: 1...10_000, count: 1...listLimit)
        let months = fields.integers("months", in: 0...1200, count: 2...2)
        let years = fields.integers("years", in: 1979...2100, count: 2...2)
        let top = fields.integer("top", in: tops)
        for (name, range) in [("months", months), ("years", years)] {
            if let range, range[0] > range[1] {
                fields.refuse(name, "The first number is not above the second.")
            }
        }
        try fields.finish()
        var request = PrecedentRequest(fact: fact ?? "")
        request.charges = charges ?? []
        request.articles = articles ?? []
        request.months = months.map { $0[0]...$0[1] }
        request.years = years.map { $0[0]...$0[1] }
        request.top = top ?? request.top
        return request
    }
}
