/// What a route answers, its errors included.
enum RouteAnswer {
    static func of(
        _ route: Route, to request: HTTPRequest, log: (String) -> Void
    ) -> HTTPResponse {
        do {
            return try route.respond(request)
        } catch {
            let problem = ErrorTable.problem(of: error)
            if problem.status == 500 {
                log("\(request.method.rawValue) \(route.pattern): \(problem.detail)")
            }
            return problem.response
        }
    }
}
