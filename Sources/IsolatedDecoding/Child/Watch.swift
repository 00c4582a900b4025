import CSandbox
import Glibc

/// A thread of the decoding process that ends it when the program is gone, and tells the program
/// that a long silence is a long file being read.
///
/// The kernel's own way (PR_SET_PDEATHSIG) goes by the thread that started the process, which may
/// end long before its program does.
final class Watch: Sendable {
    private let sink: MessageSink
    /// Open since before the system calls were filtered; -1 where the kernel keeps no such count.
    private let counters: Int32
    private static let secondsBetweenLooks: Int32 = 1

    init(sink: MessageSink) {
        self.sink = sink
        counters = open("/proc/self/io", O_RDONLY | O_CLOEXEC)
    }

    func start() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 1 << 18)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            &thread, &attributes,
            { context in
                if let context { Unmanaged<Watch>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
    }

    private func run() {
        var readBefore = 0
        while true {
            // Requests are another thread's to read: only the far end's closing is waited for.
            var requests = pollfd(fd: 0, events: 0, revents: 0)
            let changed = poll(&requests, 1, Self.secondsBetweenLooks * 1_000)
            if changed > 0 { _exit(0) }
            guard let count = readByteCount() else {
                sink.sendWaiting(withSign: false)
                continue
            }
            sink.sendWaiting(withSign: count.value > readBefore)
            readBefore = count.value + count.ownBytes
        }
    }

    /// Bytes this process has read since its start, and those that asking took.
    private func readByteCount() -> (value: Int, ownBytes: Int)? {
        guard counters >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 512)
        let got = bytes.withUnsafeMutableBytes { pread(counters, $0.baseAddress, $0.count, 0) }
        guard got > 0 else { return nil }
        let line = String(decoding: bytes.prefix(got), as: UTF8.self).prefix { $0 != "\n" }
        guard line.hasPrefix("rchar: "), let value = Int(line.dropFirst(7)) else { return nil }
        return (value, got)
    }
}
