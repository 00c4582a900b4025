import Foundation
import TestSupport
import Testing

/// The program that was built beside these tests, run as a user runs it.
enum BuiltProgram {
    struct Run {
        var exitCode: Int32
        var output: String
        var messages: String

        /// The JSON objects of the output, one a line.
        func objects() throws -> [[String: Any]] {
            try output.split(separator: "\n").map { line in
                try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
        }
    }

    /// The top of the checkout.
    static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let media = checkout.appendingPathComponent("media").path

    /// Whether the model that finds meaning has been fetched: scripts/fetch-models.
    static let hasTextEncoder = FileManager.default.fileExists(
        atPath: checkout.appendingPathComponent("models/all-MiniLM-L6-v2/model.safetensors").path)

    /// Beside the test bundle that is running.
    static let path: URL = {
        let running =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: running).deletingLastPathComponent()
            .appendingPathComponent("reel")
    }()

    /// - Parameters:
    ///   - folder: where the program is run; the checkout when nil.
    ///   - environment: in place of these variables of ours.
    static func run(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        input: String = ""
    ) throws -> Run {
        let process = Process()
        process.executableURL = path
        process.arguments = arguments
        process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) } ?? checkout
        process.environment = ProgramEnvironment.with(environment)
        // Files, not pipes: a pipe that nobody empties would stop the program.
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        func file(_ name: String, _ content: String = "") throws -> FileHandle {
            let url = scratch.appendingPathComponent(name)
            try Data(content.utf8).write(to: url)
            return try FileHandle(forUpdating: url)
        }
        process.standardInput = try file("in", input)
        process.standardOutput = try file("out")
        process.standardError = try file("err")
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(
                decoding: try Data(contentsOf: scratch.appendingPathComponent(name)), as: UTF8.self)
        }
        return Run(
            exitCode: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: try text("out"), messages: try text("err"))
    }
}
