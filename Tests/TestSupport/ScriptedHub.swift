import Foundation

/// A hub of models on this machine: lists files and hands them out, with ranges, as the public hub does;
/// what goes wrong with which file is told to it.
package final class ScriptedHub: Sendable {
    package struct File: Sendable {
        package var path: String
        package var bytes: [UInt8]
        /// 64 digits for a large file, 40 for a small one.
        package var digest: String
        package var isLarge: Bool

        package init(_ path: String, _ bytes: [UInt8], digest: String, isLarge: Bool) {
            self.path = path
            self.bytes = bytes
            self.digest = digest
            self.isLarge = isLarge
        }
    }

    /// What a request for a file, by its path, is answered with instead; nil for the file.
    package typealias Fault =
        @Sendable (_ path: String, ScriptedServer.Request) -> ScriptedServer
        .Reply?

    package static let commit = "0123456789abcdef0123456789abcdef01234567"

    package let server: ScriptedServer

    package var endpoint: String { "http://127.0.0.1:\(server.port)" }

    /// - Parameters:
    ///   - listing: in place of the right one.
    ///   - fault: is asked first; the listing's path is empty.
    package init(
        _ files: [File], listing: String? = nil, fault: @escaping Fault = { _, _ in nil }
    ) throws {
        let listing = listing ?? Self.listing(of: files)
        server = try ScriptedServer(answering: { request in
            let target = request.target
            if target.hasPrefix("/api/models/") {
                return fault("", request) ?? .json(listing)
            }
            guard let place = target.range(of: "/resolve/\(Self.commit)/") else {
                return .json("", status: "404 Not Found", headers: "X-Error-Code: RepoNotFound\r\n")
            }
            let path = String(target[place.upperBound...]).removingPercentEncoding ?? ""
            if let reply = fault(path, request) { return reply }
            guard let file = files.first(where: { $0.path == path }) else {
                return .json(
                    "", status: "404 Not Found", headers: "X-Error-Code: EntryNotFound\r\n")
            }
            return Self.answer(file, request)
        })
    }

    /// What the hub's listing says of files.
    package static func listing(of files: [File]) -> String {
        let siblings = files.map { file in
            let large =
                #","lfs":{"sha256":"\#(file.digest)","size":\#(file.bytes.count),"#
                + #""pointerSize":134}"#
            return #"{"rfilename":"\#(file.path)","size":\#(file.bytes.count),"blobId":""#
                + (file.isLarge ? String(repeating: "a", count: 40) : file.digest) + "\""
                + (file.isLarge ? large : "") + "}"
        }
        return #"{"id":"org/name","sha":"\#(commit)","siblings":["#
            + siblings.joined(separator: ",") + "]}"
    }

    /// The file or the part of it that is asked for.
    /// - Parameter limit: bytes after which the connection ends.
    package static func answer(
        _ file: File, _ request: ScriptedServer.Request, limit: Int = .max
    ) -> ScriptedServer.Reply {
        let start =
            request.header("Range").flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
        let rest = Array(file.bytes.dropFirst(start))
        let status =
            start == 0
            ? "200 OK"
            : "206 Partial Content\r\nContent-Range: bytes "
                + "\(start)-\(file.bytes.count - 1)/\(file.bytes.count)"
        return .init([
            .send(
                "HTTP/1.1 \(status)\r\nContent-Length: \(rest.count)\r\n"
                    + "ETag: \"\(file.digest)\"\r\nConnection: close\r\n\r\n"),
            .sendBytes(Array(rest.prefix(limit))),
        ])
    }
}
