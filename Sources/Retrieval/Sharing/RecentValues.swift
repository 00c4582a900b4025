internal import Synchronization

/// Values that were worked out lately, for several threads: the least recently used go when there
/// are too many.
package final class RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// At half of it the older half is forgotten.
    private let limit: Int

    /// Two generations in place of a list in order: whatever was used since the last change of
    /// generations stays.
    private struct State {
        var current: [Key: Value] = [:]
        var older: [Key: Value] = [:]
    }

    private let state = Mutex(State())

    package init(limit: Int) {
        precondition(limit >= 2, "There is room for something.")
        self.limit = limit
    }

    package subscript(key: Key) -> Value? {
        state.withLock { state in
            if let value = state.current[key] { return value }
            guard let value = state.older[key] else { return nil }
            keep(value, for: key, in: &state)
            return value
        }
    }

    package func store(_ value: Value, for key: Key) {
        state.withLock { keep(value, for: key, in: &$0) }
    }

    private func keep(_ value: Value, for key: Key, in state: inout State) {
        state.current[key] = value
        guard state.current.count >= limit / 2 else { return }
        state.older = state.current
        state.current = [:]
    }
}
