/// Answers that come piece by piece: server-sent events, as browsers' `EventSource` reads them.
enum EventStream {
    /// Whether whoever asks wants events.
    static func isWanted(by request: HTTPRequest) -> Bool {
        request.header("accept")?.lowercased().contains("text/event-stream") ?? false
    }

    /// - Parameter events: sends them, by name and with a document each.
    static func response(
        _ events:
            @escaping @Sendable (_ send: (String, any Encodable) throws -> Void) throws -> Void
    ) -> HTTPResponse {
        HTTPResponse(
            headers: ServerSentEvent.headers,
            body: .stream { write in
                do {
                    try events { try write(ServerSentEvent($0, $1).bytes) }
                } catch let gone as StreamGone {
                    throw gone
                } catch {
                    let problem = ErrorTable.problem(of: error)
                    try write(ServerSentEvent("error", problem.document).bytes)
                }
            })
    }
}
