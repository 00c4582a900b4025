internal import CEvent
internal import Synchronization

/// What other threads ask of the loop.
enum LoopMessage: Sendable {
    case answer(request: Int, HTTPResponse)
    case beginStream(request: Int, HTTPResponse, StreamWriter)
    case streamBytes(request: Int, [UInt8])
    /// - Parameter isWhole: false when it broke off: the client must not take it for all.
    case endStream(request: Int, isWhole: Bool)
    /// Judge requests by these from now on.
    case admit(HostList, AccessToken?)
    case drain
}

/// The way back from workers to the loop.
final class LoopMailbox: Sendable {
    private let messages = Mutex<[LoopMessage]>([])
    /// An event of the loop. libevent lets any thread activate it, once told to use threads.
    nonisolated(unsafe) private let wake: OpaquePointer

    /// - Parameter wake: lives as long as the loop.
    init(wake: OpaquePointer) {
        self.wake = wake
    }

    func post(_ message: LoopMessage) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { event_active(wake, 0, 0) }
    }

    func takeAll() -> [LoopMessage] {
        messages.withLock { messages in
            defer { messages.removeAll(keepingCapacity: true) }
            return messages
        }
    }
}
