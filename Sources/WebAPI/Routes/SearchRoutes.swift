internal import Service

/// `/v1/search`: moments by words, by a picture, by a moment to be like; at once or in stages.
enum SearchRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        var post = Route(.post, "/v1/search") { try answer(posted($0, context), $0, context) }
        post.bodyTypes = ["application/json", "multipart/form-data"]
        // The picture, the request beside it, and the form around both.
        post.maximumBodyBytes = SearchLimits.pictureBytes + SearchLimits.searchBytes + (64 << 10)
        return [
            Route(.get, "/v1/search") { try answer(asked($0, context), $0, context) },
            post,
        ]
    }

    /// What a request asks for, whichever way.
    static func search(
        in request: HTTPRequest, _ context: RouteContext
    ) throws -> SearchRequest {
        try request.method == .post ? posted(request, context) : asked(request, context)
    }

    private static func asked(
        _ request: HTTPRequest, _ context: RouteContext
    ) throws -> SearchRequest {
        let search = try parameters(context).request(from: request.query)
        try SearchParameters.requireSomething(search, in: false)
        return search
    }

    private static func parameters(_ context: RouteContext) -> SearchParameters {
        SearchParameters(standardWeights: context.application.configuration.weights)
    }

    private static func posted(
        _ request: HTTPRequest, _ context: RouteContext
    ) throws -> SearchRequest {
        guard request.query.isEmpty else {
            throw InputError(
                .invalid, "?" + request.query[0].name,
                "A search that is posted is described by its body alone.")
        }
        let type = request.header("content-type") ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            let search = try parameters(context).request(from: checked(request.body[...]))
            try SearchParameters.requireSomething(search, in: true)
            return search
        }
        let form = try MultipartBody(
            request.body, contentType: type, names: ["request", "image"])
        var search =
            try form.parts["request"].map { try parameters(context).request(from: checked($0)) }
            ?? parameters(context).request(from: Array("{}".utf8))
        guard let image = form.parts["image"] else {
            throw InputError(.invalid, "/image", "The form has no part “image”.")
        }
        guard image.count <= SearchLimits.pictureBytes else {
            throw Problem(
                413, "Too large",
                "The picture has \(image.count) bytes; at most \(SearchLimits.pictureBytes) are "
                    + "allowed. Make a smaller version of it.")
        }
        search.picture = try context.live.pictures.picture(from: Array(image))
        return search
    }

    private static func checked(_ body: ArraySlice<UInt8>) throws -> [UInt8] {
        guard body.count <= SearchLimits.searchBytes else {
            throw Problem(
                413, "Too large",
                "The request has \(body.count) bytes; at most \(SearchLimits.searchBytes) are "
                    + "allowed.")
        }
        return Array(body)
    }

    private static func answer(
        _ search: SearchRequest, _ request: HTTPRequest, _ context: RouteContext
    ) throws -> HTTPResponse {
        let live = context.live
        let isAbandoned = request.isAbandoned
        guard EventStream.isWanted(by: request) else {
            let answer = try live.search(search, isCancelled: isAbandoned)
            return try .json(SearchDocument(answer, addresses: .links))
        }
        // What cannot be searched at all is told by the status.
        try live.requireReady()
        return EventStream.response { send in
            let last = try withoutActuallyEscaping(send) { send in
                try live.search(search, isCancelled: isAbandoned) {
                    try send($0.stage, stage($0))
                }
            }
            try send(last.stage, stage(last))
            try send("done", Done(milliseconds: last.milliseconds))
        }
    }

    private static func stage(_ answer: SearchAnswer) -> SearchDocument {
        SearchDocument(answer, addresses: .links, showsStage: true)
    }

    private struct Done: Encodable {
        let schemaVersion = 1
        var milliseconds: [String: Double]

        enum CodingKeys: String, CodingKey {
            case milliseconds
            case schemaVersion = "schema_version"
        }
    }
}
