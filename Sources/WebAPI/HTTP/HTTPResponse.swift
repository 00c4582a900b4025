/// What a route answers. The server adds the headers that every answer has (length, security,
/// connection).
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: HTTPBody

    package init(
        status: Int = 200, headers: [(name: String, value: String)] = [],
        body: HTTPBody = .bytes([])
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(
        status: Int = 200, contentType: String, bytes: [UInt8],
        headers: [(name: String, value: String)] = []
    ) {
        self.init(
            status: status, headers: [("Content-Type", contentType)] + headers, body: .bytes(bytes))
    }
}

package enum HTTPBody: Sendable {
    case bytes([UInt8])
    /// A part of an open file, sent without passing through this process's memory. The server
    /// closes the descriptor when it is done, or when nobody takes the answer.
    case file(descriptor: Int32, offset: Int, length: Int)
    /// Written piece by piece on a worker's thread, as chunks; used for event streams. The closure
    /// ends when all is written, or by the error that `write` throws once the client is gone.
    case stream(@Sendable (_ write: (_ bytes: [UInt8]) throws -> Void) throws -> Void)
}
