import Foundation
import TestSupport
import Testing

/// A library of media/, indexed once by the built program for all tests that only read it.
enum DemoLibrary {
    /// Path of the library.
    static func path() throws -> String { try made.get() }

    /// Runs the program on it.
    static func reel(_ arguments: String...) throws -> BuiltProgram.Run {
        try BuiltProgram.run(["--index", path()] + arguments)
    }

    private static let made = Result<String, any Error> {
        let folder = try TemporaryFolder()
        let path = folder.path("library")
        let run = try BuiltProgram.run(["--index", path, "--quiet", "index", BuiltProgram.media])
        try #require(run.exitCode == 0, "\(run.messages)")
        // Lives as long as the tests do; removed when they end.
        let root = folder.url
        kept = root
        atexit { if let root = DemoLibrary.kept { try? FileManager.default.removeItem(at: root) } }
        _ = Unmanaged.passRetained(folder)
        return path
    }

    /// Written once, before `made` is seen by any test.
    nonisolated(unsafe) private static var kept: URL?
}
