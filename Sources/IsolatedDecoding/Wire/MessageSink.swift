import Glibc
import Synchronization

/// The decoding process's end of the pipe: whole messages, from the thread that decodes and from
/// the one that keeps watch.
final class MessageSink: Sendable {
    private let descriptor: Int32
    private let writing = Mutex<Void>(())

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits until the program has taken enough of what came before; false when it is gone.
    func send(
        _ kind: Message.Kind, body: [UInt8] = [], bulk: [UnsafeRawBufferPointer] = []
    ) -> Bool {
        writing.withLock { _ in write(kind, body: body, bulk: bulk) }
    }

    /// Sends nothing when another message is on its way: that one is a sign of life too.
    func sendUnlessBusy(_ kind: Message.Kind) {
        _ = writing.withLockIfAvailable { _ in write(kind, body: [], bulk: []) }
    }

    private func write(
        _ kind: Message.Kind, body: [UInt8], bulk: [UnsafeRawBufferPointer]
    ) -> Bool {
        let header = Message.Header(
            kind: kind, bodyBytes: body.count, bulkBytes: bulk.reduce(0) { $0 + $1.count })
        return header.bytes.withUnsafeBytes { header in
            body.withUnsafeBytes { body in writeAll([header, body] + bulk) }
        }
    }

    private func writeAll(_ parts: [UnsafeRawBufferPointer]) -> Bool {
        var vectors = parts.filter { !$0.isEmpty }.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var first = 0
        while first < vectors.count {
            let written = vectors.withUnsafeBufferPointer { vectors in
                vectors.baseAddress.map {
                    writev(descriptor, $0 + first, Int32(vectors.count - first))
                }
                    ?? -1
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            var rest = written
            while first < vectors.count, rest >= vectors[first].iov_len {
                rest -= vectors[first].iov_len
                first += 1
            }
            if first < vectors.count {
                vectors[first].iov_base += rest
                vectors[first].iov_len -= rest
            }
        }
        return true
    }
}
