/// Silero's network over a sound that comes in pieces, about two seconds of it at a time.
struct SileroDetector: VoiceDetector {
    /// Windows that go through the network together: enough for whole matrices.
    private static let batch = 64

    private let network: SileroNetwork
    private var state = SileroNetwork.State()
    /// The network's context, then samples not yet looked at: never much more than a batch.
    private var pending: [Float]

    init(network: SileroNetwork) {
        self.network = network
        pending = Self.silentContext
    }

    private static let silentContext = [Float](repeating: 0, count: SileroNetwork.context)

    mutating func probabilities(appending samples: UnsafeBufferPointer<Float>) -> [Float] {
        var found: [Float] = []
        var rest = samples[...]
        let full = SileroNetwork.context + Self.batch * VoiceWindow.length
        while !rest.isEmpty {
            let part = rest.prefix(full - pending.count)
            pending.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if pending.count == full { found += listen() }
        }
        return found
    }

    mutating func finish() -> [Float] {
        let over = (pending.count - SileroNetwork.context) % VoiceWindow.length
        if over > 0 {
            pending.append(contentsOf: repeatElement(0, count: VoiceWindow.length - over))
        }
        let found = listen()
        state = SileroNetwork.State()
        pending = Self.silentContext
        return found
    }

    private mutating func listen() -> [Float] {
        let found = pending.withUnsafeBufferPointer {
            network.probabilities($0, state: &state)
        }
        pending.removeFirst(pending.count - SileroNetwork.context)
        return found
    }
}
