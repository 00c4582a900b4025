/// `/livez`, `/readyz` and their older names, and `/metrics`: for machines that watch this one.
enum HealthRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        [
            probe("/livez") { _ in text(200, "ok\n") },
            probe("/readyz") { ready($0, context.health) },
            probe("/healthz") { ready($0, context.health) },
            probe("/health") { ready($0, context.health) },
            metrics(context),
        ]
    }

    private static func probe(
        _ pattern: String, _ respond: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) -> Route {
        var route = Route(.get, pattern, respond: respond)
        route.isImmediate = true
        route.isOpen = true
        route.isAnsweredWhileDraining = true
        return route
    }

    /// `?verbose` lists the checks; machines use the status only.
    private static func ready(_ request: HTTPRequest, _ health: ServerHealth) -> HTTPResponse {
        let checks = health.report
        let isReady = checks.allSatisfy(\.isGood)
        guard request.query.contains(where: { $0.name == "verbose" }) else {
            return text(isReady ? 200 : 503, isReady ? "ok\n" : "not ready\n")
        }
        let lines = checks.map { "[\($0.isGood ? "+" : "-")]\($0.name) \($0.detail)\n" }
        return text(isReady ? 200 : 503, lines.joined())
    }

    private static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "text/plain; charset=utf-8", bytes: Array(text.utf8))
    }

    private static func metrics(_ context: RouteContext) -> Route {
        var route = Route(.get, "/metrics") { _ in
            HTTPResponse(
                contentType: PrometheusText.contentType,
                bytes: Array(context.metrics.text().utf8))
        }
        route.isAnsweredWhileDraining = true
        return route
    }
}
