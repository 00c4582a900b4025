internal import Service

extension Problem {
    struct Document: Encodable {
        var type = "about:blank"
        var title: String
        var status: Int
        var detail: String
        var errors: [Item]?
    }

    var document: Document {
        Document(
            title: title, status: status, detail: detail, errors: errors.isEmpty ? nil : errors)
    }

    /// The problem as the document that clients get.
    package var json: [UInt8] {
        // Texts and numbers alone: nothing that could not be encoded.
        return Array(((try? JSONLine.text(of: document)) ?? "{}").utf8)
    }

    package var response: HTTPResponse {
        HTTPResponse(
            status: status, contentType: "application/problem+json", bytes: json,
            headers: headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }
}
