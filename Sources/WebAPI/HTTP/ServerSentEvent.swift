internal import Service

/// One event of a stream (html.spec.whatwg.org, server-sent events), its data one line of JSON.
struct ServerSentEvent {
    private let text: String

    /// - Parameter id: what the client sends as `Last-Event-ID` when it comes again.
    init(_ name: String, _ data: some Encodable, id: String? = nil) throws {
        let id = id.map { "id: \($0)\n" } ?? ""
        text = "event: \(name)\n\(id)data: \(try JSONLine.text(of: data))\n\n"
    }

    var bytes: [UInt8] { Array(text.utf8) }

    /// A remark that clients pass over: it shows that both ends are there.
    static let ping = Array(": ping\n\n".utf8)

    /// Of an answer that is a stream of events.
    static let headers: [(name: String, value: String)] = [
        ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"),
        // Proxies must not gather what is to come at once.
        ("X-Accel-Buffering", "no"),
    ]
}
