/// How far a reranker may go.
package struct RerankSettings: Sendable, Equatable {
    /// Hits that are read again, from the best.
    package var depth = 20
    /// Reading stops when it has taken this long; what was not read keeps its fused score. Nil for
    /// no limit.
    package var budgetSeconds: Double?

    package init() {}
}
