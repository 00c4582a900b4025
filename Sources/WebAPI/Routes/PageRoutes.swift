/// The web page and its files, and the API's description, out of the program itself.
enum PageRoutes {
    /// Files that are found where people and programs look for them.
    private static let addresses = ["index.html": "/", "openapi.json": "/openapi.json"]

    static func routes() -> [Route] {
        PageFile.all.map { file in
            let address = addresses[file.name] ?? "/page/" + file.name
            var route = Route(.get, address) { answer($0, with: file) }
            route.isImmediate = true
            return route
        }
    }

    private static func answer(_ request: HTTPRequest, with file: PageFile) -> HTTPResponse {
        // Asked anew each time, and answered in a few bytes when nothing has changed.
        let headers = [(name: "ETag", value: file.tag), (name: "Cache-Control", value: "no-cache")]
        guard !EntityTag.matches(request.header("if-none-match"), file.tag) else {
            return HTTPResponse(status: 304, headers: headers)
        }
        return HTTPResponse(contentType: file.contentType, bytes: file.bytes, headers: headers)
    }
}
