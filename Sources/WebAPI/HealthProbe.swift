internal import Foundation

/// Asks a server whether it is ready, as a container's health check does.
package struct HealthProbe {
    package enum Outcome: Sendable, Equatable {
        case healthy
        /// With the status it answered.
        case unhealthy(Int)
        /// With the reason why nothing was answered.
        case unreachable(String)
    }

    private var host: String
    private var port: String
    private var path: String

    /// - Parameter address: `http://127.0.0.1:8420/readyz`; the path may be left out. Nil when it
    ///   is no such address.
    package init?(_ address: String) {
        guard let parts = URLComponents(string: address), parts.scheme == "http",
            let host = parts.host, !host.isEmpty
        else { return nil }
        // In brackets in an address, without them for the C library.
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = String(parts.port ?? 80)
        path = ["", "/"].contains(parts.percentEncodedPath) ? "/readyz" : parts.percentEncodedPath
    }

    /// - Parameter seconds: for the whole question.
    package func ask(within seconds: Int = 5) -> Outcome {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0, let found else {
            return .unreachable("there is no host \(host)")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { return .unreachable(Self.lastError) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            return .unreachable(Self.lastError)
        }
        let authority = (host.contains(":") ? "[\(host)]" : host) + ":" + port
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: \(authority)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return .unreachable(Self.lastError)
        }
        // `HTTP/1.1 200 OK` is all that counts.
        var answer = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL))
        guard count > 0 else { return .unreachable(count == 0 ? "it hung up" : Self.lastError) }
        let words = String(decoding: answer.prefix(count), as: UTF8.self).split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            return .unreachable("what answers is no HTTP server")
        }
        return status == 200 ? .healthy : .unhealthy(status)
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
