/// Where a model stands in Hugging Face's cache:
/// `…/models--org--name/snapshots/<commit>`, its files links to `…/models--org--name/blobs/<digest>`.
package struct SnapshotPlace: Sendable, Equatable {
    /// `org/name`, or a name alone for the oldest models.
    package let name: String
    package let commit: String
    /// `…/models--org--name`
    package let repository: String

    package var blobs: String { repository + "/blobs" }

    private static let prefix = "models--"

    /// - Parameter path: of a snapshot's folder, or of something in it.
    /// - Returns: nil for a path elsewhere.
    package init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard
            let place = parts.indices.dropFirst().dropLast().last(where: {
                parts[$0] == "snapshots" && parts[$0 - 1].hasPrefix(Self.prefix)
            }), let name = Self.name(ofFolder: String(parts[place - 1]))
        else { return nil }
        self.name = name
        commit = String(parts[place + 1])
        repository = parts[..<place].joined(separator: "/")
    }

    /// `models--org--name` for `org/name`.
    package static func folder(of name: String) -> String {
        prefix + name.replacing("/", with: "--")
    }

    /// Nil for the folder of something else, such as a data set.
    package static func name(ofFolder folder: String) -> String? {
        guard folder.hasPrefix(prefix), folder.count > prefix.count else { return nil }
        return String(folder.dropFirst(prefix.count)).replacing("--", with: "/")
    }
}
