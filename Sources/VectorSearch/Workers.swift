import Dispatch

/// Threads that share out numbered pieces of work.
struct Workers: Sendable {
    let count: Int

    /// `body(0)` … `body(count - 1)`, results in order. Which thread does what changes nothing.
    func map<Value: Sendable>(
        _ pieces: Int, _ body: @Sendable (Int) -> Value
    ) -> [Value] {
        guard count > 1, pieces > 1 else { return (0..<pieces).map(body) }
        var results = [Value?](repeating: nil, count: pieces)
        results.withUnsafeMutableBufferPointer { slots in
            // Each iteration writes its own slot, and the call returns after the last.
            nonisolated(unsafe) let slots = slots
            DispatchQueue.concurrentPerform(iterations: pieces) { slots[$0] = body($0) }
        }
        return results.compactMap { $0 }
    }

    /// Both results, worked out side by side where there are threads.
    func both<First: Sendable, Second: Sendable>(
        _ first: @Sendable () -> First, _ second: @Sendable () throws -> Second
    ) throws -> (First, Second) {
        let halves = map(2) { half -> (First?, Result<Second, any Error>?) in
            guard half == 1 else { return (first(), nil) }
            return (nil, Result { try second() })
        }
        guard let first = halves[0].0, let second = halves[1].1 else {
            preconditionFailure("Results come in their order.")
        }
        return (first, try second.get())
    }

    /// Equal shares of 0..<total, at most `share` each.
    static func ranges(of total: Int, by share: Int) -> [Range<Int>] {
        stride(from: 0, to: total, by: max(1, share)).map { $0..<min($0 + max(1, share), total) }
    }
}
