/// Thrown where a stream is written to a client that is gone.
package struct StreamGone: Error {}

/// Between the thread that writes a stream and the loop that sends it: holds the writer back while
/// its client does not take what was written.
final class StreamWriter: Sendable {
    private struct State {
        /// Written, and not yet with the loop.
        var postedBytes = 0
        /// With the loop, and not yet with the client.
        var outputBytes = 0
        var isGone = false
    }

    private let state = Monitor(State())
    private let limit: Int
    private let send: @Sendable ([UInt8]) -> Void

    /// - Parameter limit: bytes that may be on their way.
    init(limit: Int, send: @escaping @Sendable ([UInt8]) -> Void) {
        self.limit = limit
        self.send = send
    }

    func write(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        try state.waitFor { state -> Void? in
            guard !state.isGone else { throw StreamGone() }
            guard state.postedBytes + state.outputBytes <= limit else { return nil }
            state.postedBytes += bytes.count
            return ()
        }
        send(bytes)
    }

    // MARK: On the loop

    func wasPassedOn(_ count: Int, outputBytes: Int) {
        state.withLock {
            $0.postedBytes -= count
            $0.outputBytes = outputBytes
        }
    }

    func wasTaken(outputBytes: Int) { state.withLock { $0.outputBytes = outputBytes } }

    func clientIsGone() { state.withLock { $0.isGone = true } }
}
