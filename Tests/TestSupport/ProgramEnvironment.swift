internal import Foundation

/// The variables that a test gives to the built program.
package enum ProgramEnvironment {
    /// Ours without those that would choose a library or a model for the program, and with a cache
    /// that all programs of these tests share: none is read from a person's home, none left there.
    ///
    /// - Parameter own: in place of these.
    package static func with(_ own: [String: String] = [:]) -> [String: String] {
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REEL_") }
        variables["REEL_CACHE"] = cache?.path ?? ""
        return variables.merging(own) { $1 }
    }

    /// Removed when the tests end; nil: nothing is kept.
    private static let cache: URL? = {
        guard let folder = try? TemporaryFolder() else { return nil }
        _ = Unmanaged.passRetained(folder)
        atexit {
            if let cache = ProgramEnvironment.cache {
                try? FileManager.default.removeItem(at: cache)
            }
        }
        return folder.url
    }()
}
