/// The web page and its files, out of the program itself.
enum PageRoutes {
    static func routes() -> [Route] {
        PageFile.all.map { file in
            var route = Route(
                .get, file.name == "index.html" ? "/" : "/page/" + file.name
            ) { answer($0, with: file) }
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
