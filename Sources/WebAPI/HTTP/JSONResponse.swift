internal import Service

extension HTTPResponse {
    /// A document of ours. What a library holds is nobody's to keep.
    static func json(
        _ document: some Encodable, status: Int = 200,
        headers: [(name: String, value: String)] = []
    ) throws -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "application/json",
            bytes: Array(try JSONLine.text(of: document).utf8),
            headers: [("Cache-Control", "no-store")] + headers)
    }
}
