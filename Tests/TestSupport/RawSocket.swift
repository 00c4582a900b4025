internal import Glibc

/// A TCP connection that sends exactly what a test says.
package final class RawSocket {
    package struct Failed: Error {
        package var call: String
        package var number: Int32

        package init(call: String, number: Int32) {
            self.call = call
            self.number = number
        }
    }

    private var descriptor: Int32

    package init(port: Int, host: String = "127.0.0.1") throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(call: "socket", number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(call: "connect", number: errno) }
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(4))
    }

    deinit { close() }

    package func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Says that nothing more will be sent.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Bytes that the kernel keeps for us; a small one makes a slow reader.
    package func setReceiveBuffer(_ bytes: Int32) {
        var bytes = bytes
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(4))
    }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failed(call: "send", number: errno) }
            sent += count
        }
    }

    /// Sends, or throws when the other side has not taken it in time.
    package func send(_ text: String, within seconds: Int) throws {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        try send(text)
    }

    /// What comes next.
    /// - Returns: empty at the end; nil when nothing came in time.
    package func read(within seconds: Double, upTo limit: Int = 64 << 10) -> [UInt8]? {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, Int32(seconds * 1000)) > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: limit) { bytes, count in
            // A connection that was reset is at its end too.
            count = max(0, recv(descriptor, bytes.baseAddress, limit, 0))
        }
    }

    /// Everything until the server closes.
    /// - Throws: when it has not closed in time.
    package func readToEnd(within seconds: Double) throws -> [UInt8] {
        var all: [UInt8] = []
        let deadline = Self.now() + seconds
        while true {
            guard let bytes = read(within: max(0, deadline - Self.now())) else {
                throw Failed(call: "read until closed", number: ETIMEDOUT)
            }
            if bytes.isEmpty { return all }
            all += bytes
        }
    }

    /// Until the text has come.
    package func read(until text: String, within seconds: Double) throws -> String {
        var all: [UInt8] = []
        let deadline = Self.now() + seconds
        while !String(decoding: all, as: UTF8.self).contains(text) {
            guard let bytes = read(within: max(0, deadline - Self.now())), !bytes.isEmpty else {
                throw Failed(call: "read until \(text)", number: ETIMEDOUT)
            }
            all += bytes
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Seconds of a clock that nobody sets.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
