import Foundation
import Synchronization

/// An HTTP server that says what a script tells it to, one reply a connection, or what a function
/// makes of each request, and remembers what it was sent. Listens on a free port of 127.0.0.1 for as long as it lives.
package final class ScriptedServer: Sendable {
    package enum Step: Sendable {
        case send(String)
        case sendBytes([UInt8])
        case pause(Double)
    }

    /// What is done on one connection after its request was read; then it is closed.
    package struct Reply: Sendable {
        package var steps: [Step]

        package init(_ steps: [Step]) { self.steps = steps }

        package static func json(
            _ body: String, status: String = "200 OK", headers: String = ""
        ) -> Reply {
            Reply([
                .send(
                    "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\(headers)"
                        + "Connection: close\r\n\r\n" + body)
            ])
        }

        /// A chat completion whose message is this text.
        package static func says(_ text: String) -> Reply {
            json(Self.completion(text))
        }

        package static func completion(_ text: String, finish: String = "stop") -> String {
            let content = ScriptedServer.quoted(text)
            return #"{"choices":[{"index":0,"message":{"role":"assistant","content":"# + content
                + #"},"finish_reason":""# + finish
                + #""}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}"#
        }

        /// The same, piece by piece.
        package static func streams(_ pieces: [String], pause: Double = 0, isWhole: Bool = true)
            -> Reply
        {
            var steps: [Step] = [
                .send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        + "Connection: close\r\n\r\n")
            ]
            for piece in pieces {
                let content = ScriptedServer.quoted(piece)
                steps.append(
                    .send(#"data: {"choices":[{"delta":{"content":"# + content + "}}]}\n\n"))
                steps.append(.pause(pause))
            }
            if isWhole {
                steps.append(
                    .send(
                        #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#
                            + "\n\ndata: [DONE]\n\n"))
            }
            return Reply(steps)
        }
    }

    package struct Request: Sendable {
        /// The request line and the headers.
        package var head: String
        package var body: String

        /// What was asked for, such as `/v1/models?x=1`.
        package var target: String {
            head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }

        /// Nil when there is none of the name.
        package func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first {
                $0.lowercased().hasPrefix(name.lowercased() + ":")
            }.map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        }
    }

    private struct State {
        var requests: [Request] = []
    }

    package let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())
    private let reply: @Sendable (Request) -> Reply

    package var url: String { "http://127.0.0.1:\(port)/v1" }

    /// What was asked so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// - Parameter replies: one a connection; the last goes on for all that follow.
    package convenience init(_ replies: [Reply]) throws {
        precondition(!replies.isEmpty, "A server says something.")
        let left = Mutex(replies)
        try self.init(answering: { _ in
            left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        })
    }

    package init(answering reply: @escaping @Sendable (Request) -> Reply) throws {
        self.reply = reply
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        // The thread closes what it listens on, when `deinit` has shut it: were it closed there, its
        // number could be another server's before this thread asks for the next connection.
        let thread = Thread { [weak self] in
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                guard let self else {
                    close(connection)
                    return
                }
                self.serveApart(connection)
            }
        }
        thread.start()
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serveApart(_ connection: Int32) {
        Thread { [self] in
            defer { close(connection) }
            guard let request = Self.request(from: connection) else { return }
            state.withLock { $0.requests.append(request) }
            for step in reply(request).steps {
                switch step {
                case .pause(let seconds): Thread.sleep(forTimeInterval: seconds)
                case .send(let text):
                    guard Self.send(Array(text.utf8), to: connection) else { return }
                case .sendBytes(let bytes):
                    guard Self.send(bytes, to: connection) else { return }
                }
            }
        }.start()
    }

    /// - Returns: false when nobody listens any more.
    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func request(from connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").first {
                        $0.lowercased().hasPrefix("content-length:")
                    }.flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
                if bytes.count - end.upperBound >= length {
                    return Request(
                        head: head, body: String(decoding: bytes[end.upperBound...], as: UTF8.self))
                }
            }
            let count = recv(connection, &room, room.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            bytes += room[..<count]
        }
    }

    fileprivate static func quoted(_ text: String) -> String {
        let encoded = try? JSONEncoder().encode(text)
        return encoded.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
