/// Scores a reranker gave, so that a query asked again, or one that brings up the same passages on
/// the next page, is not read again.
package typealias RerankCache = RecentValues<RerankKey, Float>

package struct RerankKey: Hashable, Sendable {
    var model: String
    var query: String
    var passage: String
}

extension RecentValues where Key == RerankKey, Value == Float {
    package convenience init() { self.init(limit: 8192) }
}
