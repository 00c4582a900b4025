/// A request that has passed the guard: its body is whole and within the route's limit.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// As it was sent, without the query: `/v1/assets/3f2a/media`.
    package var rawPath: String
    /// What the route's `{name}`s stand for, percent-decoded.
    package var parameters: [String: String] = [:]
    /// In the order of the URL, percent-decoded, `+` as a space.
    package var query: [(name: String, value: String)] = []
    /// Names in lower case; a name sent twice has its values joined by `, `.
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []
    /// Whether whoever asked still waits: long work looks now and then.
    package var isAbandoned: @Sendable () -> Bool = { false }

    package init(method: HTTPMethod, rawPath: String) {
        self.method = method
        self.rawPath = rawPath
    }

    package func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// The first value of a query item.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

package enum HTTPMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case patch = "PATCH"
}
