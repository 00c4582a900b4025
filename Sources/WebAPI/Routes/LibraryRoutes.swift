internal import Service

/// `/v1/library`: what the library holds, for a page that opens with it.
enum LibraryRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        [
            Route(.get, "/v1/library") { _ in
                try .json(
                    LibraryDocument(
                        context.live.overview(), mediaRoots: context.mediaRoots().paths))
            }
        ]
    }
}
