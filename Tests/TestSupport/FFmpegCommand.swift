import Foundation

/// The `ffmpeg` command, with which tests make small media.
package enum FFmpegCommand {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// - Parameter arguments: with the output file last.
    package static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"] + arguments
        let problems = Pipe()
        process.standardError = problems
        try process.run()
        let text = problems.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "ffmpeg \(arguments.joined(separator: " ")): "
                    + String(decoding: text, as: UTF8.self)
                    + " (these tests need Debian's ffmpeg package)")
        }
    }
}
