package import Foundation
internal import Glibc

/// `reel serve` on a free port, for as long as the test holds on to it.
package final class ServedProgram {
    package struct CannotStart: Error, CustomStringConvertible {
        package var description: String
    }

    package let process: Process
    package let port: Int
    private let scratch: TemporaryFolder

    /// The program that was built beside these tests.
    package static let program: URL = {
        let running =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: running).deletingLastPathComponent()
            .appendingPathComponent("reel")
    }()

    /// The top of the checkout.
    package static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameters:
    ///   - library: path of the library to serve; one that does not exist when nil.
    ///   - options: of `reel serve`.
    ///   - global: options before `serve`, such as `["--models", path]`.
    ///   - environment: in place of these variables of ours.
    package init(
        library: String? = nil, _ options: [String] = [], global: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        scratch = try TemporaryFolder()
        process = Process()
        process.executableURL = Self.program
        process.arguments =
            ["--index", library ?? scratch.path("library")] + global
            + ["serve", "--port", "0"] + options
        process.currentDirectoryURL = Self.checkout
        process.environment = ProgramEnvironment.with(environment)
        // Files, not pipes: a pipe that nobody empties would stop the program.
        process.standardOutput = try Self.file(scratch.path("out"))
        process.standardError = try Self.file(scratch.path("err"))
        try process.run()
        var port: Int?
        let deadline = Date.now.addingTimeInterval(20)
        while port == nil, process.isRunning, Date.now < deadline {
            port = Self.port(in: Self.text(scratch.path("out")))
            if port == nil { usleep(5000) }
        }
        guard let port else {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            throw CannotStart(
                description: "reel serve did not start: " + Self.text(scratch.path("err")))
        }
        self.port = port
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    package var address: String { "127.0.0.1:\(port)" }

    /// What the program wrote to standard output so far.
    package var output: String { Self.text(scratch.path("out")) }

    /// What the program wrote to standard error so far.
    package var messages: String { Self.text(scratch.path("err")) }

    package func send(signal number: Int32) { kill(process.processIdentifier, number) }

    /// - Returns: the exit code, or 128 and the signal; nil when it still runs.
    package func exitCode(within seconds: Double) -> Int32? {
        let deadline = Date.now.addingTimeInterval(seconds)
        while process.isRunning, Date.now < deadline { usleep(5000) }
        guard !process.isRunning else { return nil }
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }

    package struct TooLate: Error {}

    /// Looks until it is so, for at most ten seconds.
    package func eventually(_ isSo: () throws -> Bool) throws {
        let deadline = Date.now.addingTimeInterval(10)
        while try !isSo() {
            guard Date.now < deadline else { throw TooLate() }
            usleep(10_000)
        }
    }

    // MARK: Asking

    package func connect() throws -> RawSocket { try RawSocket(port: port) }

    /// Asks over a connection of its own, and reads the answer.
    /// - Parameter headers: besides Host, Content-Length and Connection.
    package func ask(
        _ method: String, _ target: String, headers: [String: String] = [:],
        body: [UInt8] = []
    ) throws -> RawAnswer {
        let socket = try connect()
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        try socket.send(Array((head + "\r\n").utf8) + body)
        return try RawAnswer(socket.readToEnd(within: 60))
    }

    package func get(_ target: String, headers: [String: String] = [:]) throws -> RawAnswer {
        try ask("GET", target, headers: headers)
    }

    /// Asks with a JSON body.
    package func post(_ target: String, json: String) throws -> RawAnswer {
        try ask(
            "POST", target, headers: ["Content-Type": "application/json"], body: Array(json.utf8))
    }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forUpdating: URL(fileURLWithPath: path))
    }

    private static func text(_ path: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Of `listening on http://127.0.0.1:40123`, or the same as JSON, once the line is whole.
    private static func port(in output: String) -> Int? {
        guard output.contains("\n"), let address = output.firstRange(of: "http://") else {
            return nil
        }
        let authority = output[address.upperBound...].prefix { $0 != "\n" && $0 != "\"" }
        return authority.split(separator: ":").last.flatMap { Int($0) }
    }
}
