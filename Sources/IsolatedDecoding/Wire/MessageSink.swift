import Glibc
import Synchronization

/// The decoding process's end of the pipe: whole messages, from the thread that decodes and from
/// the one that keeps watch.
///
/// Small messages wait for company, as every write may wake the program: until a large one comes,
/// the file is finished, or the watch looks by.
final class MessageSink: Sendable {
    private static let waitingBytes = 1 << 17

    private let descriptor: Int32
    /// Messages not yet written.
    private let waiting = Mutex<[UInt8]>([])

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits until the program has taken enough of what came before; false when it is gone.
    func send(
        _ kind: Message.Kind, body: [UInt8] = [], bulk: [UnsafeRawBufferPointer] = []
    ) -> Bool {
        let header = Message.Header(
            kind: kind, bodyBytes: body.count, bulkBytes: bulk.reduce(0) { $0 + $1.count })
        return waiting.withLock { waiting in
            waiting += header.bytes
            waiting += body
            if waiting.count + header.bulkBytes < Self.waitingBytes {
                for part in bulk { waiting += part }
                switch kind {
                case .hello, .finished, .failed: break
                default: return true
                }
                return flush(&waiting)
            }
            return flush(&waiting, bulk)
        }
    }

    /// Sends what waits, and a sign of life.
    ///
    /// Nothing when another message is being written: that one is a sign of life too.
    func sendWaiting(withSign: Bool) {
        _ = waiting.withLockIfAvailable { waiting in
            if withSign {
                waiting += Message.Header(kind: .alive, bodyBytes: 0, bulkBytes: 0).bytes
            }
            return waiting.isEmpty || flush(&waiting)
        }
    }

    private func flush(_ waiting: inout [UInt8], _ bulk: [UnsafeRawBufferPointer] = []) -> Bool {
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting.withUnsafeBytes { writeAll([$0] + bulk) }
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
