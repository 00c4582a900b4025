internal import Service

extension HTTPResponse {
    /// A document of ours. What a library holds is nobody's to keep.
    static func json(
        _ document: some Encodable, status: Int = 200,
        headers: [(name: String, value: String)] = []
    ) throws -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "application/json",
            bytes: try JSONLine.bytes(of: document),
            headers: [("Cache-Control", "no-store")] + headers)
    }
}
