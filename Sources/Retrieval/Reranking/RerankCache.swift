internal import Synchronization

/// Scores a reranker gave, so that a query asked again, or one that brings up the same passages on
/// the next page, is not read again.
final class RerankCache: Sendable {
    struct Key: Hashable {
        var model: String
        var query: String
        var passage: String
    }

    /// Beyond this the older half of the scores is forgotten.
    private static let limit = 8192

    private struct State {
        var current: [Key: Float] = [:]
        var older: [Key: Float] = [:]
    }

    private let state = Mutex(State())

    subscript(key: Key) -> Float? {
        state.withLock { state in
            if let score = state.current[key] { return score }
            guard let score = state.older[key] else { return nil }
            state.current[key] = score
            return score
        }
    }

    func store(_ score: Float, for key: Key) {
        state.withLock { state in
            state.current[key] = score
            guard state.current.count >= Self.limit / 2 else { return }
            state.older = state.current
            state.current = [:]
        }
    }
}
