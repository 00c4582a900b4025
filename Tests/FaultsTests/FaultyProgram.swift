import Foundation
import TestSupport

/// The program that was built beside these tests, run over a disk that fails.
enum FaultyProgram {
    /// What the disk does; see Shim/FaultShim.c.
    struct Fault {
        enum Kind: String, CaseIterable {
            case none, kill, tear, power, short, enospc, edquot, eio, fsync
        }

        var kind = Kind.none
        /// Which call below the library's folder, from 1.
        var call = 0
        /// For `power`: which of the data that was not flushed survives; nil for none of it.
        var seed: UInt64?
        /// Free bytes that the disk claims.
        var freeBytes: Int?
        /// Number of the file system's kind, as statfs(2) has it.
        var fileSystem: String?
        var isReadOnly = false
    }

    struct Run {
        var exitCode: Int32
        var output: String
        var messages: String
        /// Calls below the library's folder that change something.
        var calls: Int

        /// Paths of the files that the program said it had brought in.
        var acknowledged: Set<String> {
            Set(
                output.split(separator: "\n").compactMap { line in
                    let event =
                        try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    return event?["outcome"] as? String == "indexed"
                        ? event?["path"] as? String : nil
                })
        }
    }

    /// Whether every call is tried, rather than a few: scripts/faults.
    static let isThorough = ProcessInfo.processInfo.environment["REEL_FAULTS"] == "all"

    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Beside the test bundle that is running.
    static let path: String = {
        let running =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: running).deletingLastPathComponent()
            .appendingPathComponent("reel").path
    }()

    /// The compiled shim, beside the program.
    private static let shim: Result<String, any Error> = Result {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Shim/FaultShim.c").path
        let library = URL(fileURLWithPath: path).deletingLastPathComponent()
            .appendingPathComponent("FaultShim.so").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-ldl",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return library
    }

    /// - Parameters:
    ///   - library: the folder that is at risk.
    ///   - limits: for the shell's `ulimit`, such as `-n 64`.
    ///   - meanwhile: called while the program runs, with its process.
    static func run(
        _ arguments: [String], library: String, fault: Fault = Fault(), limits: String? = nil,
        environment: [String: String] = [:], meanwhile: (Process) -> Void = { _ in }
    ) throws -> Run {
        let scratch = try TemporaryFolder()
        let process = Process()
        let command = [path, "--index", library] + arguments
        if let limits {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit \(limits); exec \"$@\"", "sh"] + command
        } else {
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = Array(command.dropFirst())
        }
        process.currentDirectoryURL = checkout
        var variables = ProgramEnvironment.with()
        // One small model is enough to have vectors.
        variables["REEL_MEANING_MODEL"] = "no-such-model"
        variables["REEL_RERANK_MODEL"] = ""
        variables["REEL_FAULT_ROOT"] = library
        variables["FAULT_KIND"] = fault.kind.rawValue
        variables["FAULT_AT"] = String(fault.call)
        variables["FAULT_COUNT"] = scratch.path("count")
        variables["FAULT_SEED"] = fault.seed.map { String($0) }
        variables["FAULT_FREE"] = fault.freeBytes.map { String($0) }
        variables["FAULT_FILE_SYSTEM"] = fault.fileSystem
        variables["FAULT_READ_ONLY"] = fault.isReadOnly ? "1" : nil
        variables["LD_PRELOAD"] = try shim.get()
        variables.merge(environment) { $1 }
        process.environment = variables
        func file(_ name: String) throws -> FileHandle {
            try Data().write(to: URL(fileURLWithPath: scratch.path(name)))
            return try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path(name)))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try file("out")
        process.standardError = try file("err")
        try process.run()
        meanwhile(process)
        process.waitUntilExit()
        func text(_ name: String) -> String {
            String(
                decoding: FileManager.default.contents(atPath: scratch.path(name)) ?? Data(),
                as: UTF8.self)
        }
        return Run(
            exitCode: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: text("out"), messages: text("err"), calls: Int(text("count")) ?? 0)
    }
}
