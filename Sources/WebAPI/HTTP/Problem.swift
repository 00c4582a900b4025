/// An error as HTTP tells it: RFC 9457's problem details.
package struct Problem: Error, Sendable, Equatable {
    /// An error of one place in the request.
    package struct Item: Sendable, Equatable, Encodable {
        /// RFC 6901 into the body (`/top`), or `?name` for a query item.
        package var pointer: String
        package var detail: String

        package init(_ pointer: String, _ detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    package var status: Int
    /// The same for all errors of this kind.
    package var title: String
    /// This one, in a sentence.
    package var detail: String
    package var errors: [Item] = []
    /// Such as `Retry-After`, `Allow`, `WWW-Authenticate`, `Content-Range`.
    package var headers: [String: String] = [:]

    package init(_ status: Int, _ title: String, _ detail: String) {
        self.status = status
        self.title = title
        self.detail = detail
    }
}
