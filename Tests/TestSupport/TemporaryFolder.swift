package import Foundation

/// An empty folder that is gone, with what the test wrote, when the test lets go of it.
package final class TemporaryFolder {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file of that name in the folder.
    package func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
