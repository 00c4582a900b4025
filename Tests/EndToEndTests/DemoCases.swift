import Foundation
import TestSupport
import Testing

/// A library of cases/demo.jsonl with its classifier, made once by the built program for all tests
/// that only read it.
enum DemoCases {
    static let file = BuiltProgram.checkout.appendingPathComponent("cases/demo.jsonl").path
    static let fact = "被告人王某在农贸市场趁被害人不备，从其衣袋内取走手机一部，价值3000元，得手后销赃，系累犯。"

    /// Path of the library.
    static func path() throws -> String { try made.get() }

    /// A server over it.
    static func served(_ environment: [String: String] = [:]) throws -> ServedProgram {
        try ServedProgram(
            environment: environment.merging(["REEL_CASES": path()]) { own, _ in own })
    }

    private static let made = Result<String, any Error> {
        let folder = try TemporaryFolder()
        let path = folder.path("cases")
        for arguments in [["import", file], ["train"]] {
            let run = try BuiltProgram.run(["--index", path, "--quiet", "cases"] + arguments)
            try #require(run.exitCode == 0, "\(run.messages)")
        }
        // Lives as long as the tests do; removed when they end.
        kept = folder.url
        atexit { if let root = DemoCases.kept { try? FileManager.default.removeItem(at: root) } }
        _ = Unmanaged.passRetained(folder)
        return path
    }

    /// Written once, before `made` is seen by any test.
    nonisolated(unsafe) private static var kept: URL?
}
