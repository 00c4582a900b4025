/// One address of the API: a file a route under `Routes`, listed in `RouteTable`.
package struct Route: Sendable {
    package var method: HTTPMethod
    /// `/v1/assets/{id}/media`: a `{name}` stands for one segment of the path.
    package var pattern: String
    /// Larger bodies are answered 413 before they are read.
    package var maximumBodyBytes = 1 << 20
    /// Content types a body may have; a body of another one is answered 415.
    package var bodyTypes: [String] = ["application/json"]
    /// Answered on the loop that all connections share: for answers that lie in memory.
    package var isImmediate = false
    /// Answered without the access token: what tells whether the server lives, and the page.
    package var isOpen = false
    /// Answered while the server is being stopped.
    package var isAnsweredWhileDraining = false
    /// Runs on a worker's thread and may block. Errors become answers by the error table.
    package var respond: @Sendable (HTTPRequest) throws -> HTTPResponse

    package init(
        _ method: HTTPMethod, _ pattern: String,
        respond: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) {
        self.method = method
        self.pattern = pattern
        self.respond = respond
    }
}
