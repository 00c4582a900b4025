internal import Service

/// `/v1/library`: what the library holds, for a page that opens with it.
enum LibraryRoutes {
    static func routes(_ application: Application, mediaRoots: MediaRoots) -> [Route] {
        [
            Route(.get, "/v1/library") { _ in
                try .json(
                    LibraryDocument(application.overview(), mediaRoots: mediaRoots.paths))
            }
        ]
    }
}
