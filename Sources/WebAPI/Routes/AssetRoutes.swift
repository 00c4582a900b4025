internal import Corpus
internal import Service

/// `/v1/assets`: the list, one asset, and taking one out.
enum AssetRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        [
            Route(.get, "/v1/assets") { try list($0, context.live) },
            Route(.get, "/v1/assets/{id}") { request in
                try .json(AssetDetailsDocument(context.live.assetDetails(id(in: request))))
            },
            Route(.delete, "/v1/assets/{id}") { request in
                try context.application.remove(id(in: request))
                return HTTPResponse(status: 204)
            },
        ]
    }

    /// Assets on a page when nobody says.
    private static let standardLimit = 10
    private static let limits = 1...100

    private static func list(
        _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        var limit = standardLimit
        if let text = request.queryValue("limit") {
            guard let number = Int(text), limits.contains(number) else {
                throw wrong(
                    "limit",
                    "A whole number from \(limits.lowerBound) to \(limits.upperBound) is expected.")
            }
            limit = number
        }
        var filter = AssetFilter()
        if let text = request.queryValue("kind") {
            guard let kind = AssetKind(rawValue: text) else {
                let names = AssetKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong("kind", "One of \(names) is expected.")
            }
            filter.kinds = [kind]
        }
        filter.pathPattern = request.queryValue("path")
        let cursor = try request.queryValue("cursor").map { text in
            guard let cursor = AssetCursor(text) else {
                var problem = Problem(
                    400, "Malformed request",
                    "The cursor is none that this server gave out. Begin again without one.")
                problem.errors = [Problem.Item("?cursor", "Not a next_cursor of an answer.")]
                throw problem
            }
            return cursor
        }
        return try .json(
            AssetPageDocument(
                live.assetPage(passing: filter, after: cursor, limit: limit)))
    }

    private static func wrong(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(422, "Request not possible", "?\(name): \(detail)")
        problem.errors = [Problem.Item("?\(name)", detail)]
        return problem
    }

    /// The asset that a path names.
    static func id(in request: HTTPRequest) throws -> AssetID {
        let text = request.parameters["id"] ?? ""
        guard let id = AssetID(text), id.description == text else {
            throw Problem(404, "Not found", "The library holds no asset \(text).")
        }
        return id
    }
}
