internal import Service

/// `/v1/export`: what a search finds, as a file for players and editing programs. It takes what
/// `/v1/search` takes.
enum ExportRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        let search = SearchRoutes.routes(context)
        return search.map { route in
            var export = Route(route.method, "/v1/export") { try answer($0, context) }
            export.bodyTypes = route.bodyTypes
            export.maximumBodyBytes = route.maximumBodyBytes
            return export
        }
    }

    private static func answer(
        _ request: HTTPRequest, _ context: RouteContext
    ) throws -> HTTPResponse {
        let (format, rate) = try form(request)
        // The rest is the search's own.
        var searching = request
        searching.query.removeAll { ["format", "frame_rate"].contains($0.name) }
        let search = try SearchRoutes.search(in: searching, context)
        let answer = try context.live.search(search, isCancelled: request.isAbandoned)
        var export = HitExport(query: answer.query, hits: answer.hits)
        export.frameRate = rate
        return HTTPResponse(
            contentType: format.contentType, bytes: Array(export.text(format).utf8),
            headers: [
                ("Content-Disposition", "attachment; filename=\"\(format.fileName)\""),
                ("Cache-Control", "no-store"),
            ])
    }

    /// What the file shall be.
    private static func form(
        _ request: HTTPRequest
    ) throws(Problem) -> (HitExport.Format, FrameRate) {
        guard let format = HitExport.Format(rawValue: request.queryValue("format") ?? "") else {
            let names = HitExport.Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("format", "One of \(names) is expected.")
        }
        guard let name = request.queryValue("frame_rate") else { return (format, .default) }
        guard let rate = FrameRate(name) else {
            let names = FrameRate.known.map(\.name).joined(separator: ", ")
            throw wrong("frame_rate", "One of \(names) is expected.")
        }
        return (format, rate)
    }

    private static func wrong(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(422, "Request not possible", "?\(name): \(detail)")
        problem.errors = [Problem.Item("?\(name)", detail)]
        return problem
    }
}
