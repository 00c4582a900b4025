internal import Storage

/// Where things lie inside the folder of a library of cases, `indexes/cases/`.
package struct CasePaths: Sendable, Equatable {
    package let root: String

    package init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    package var catalog: String { root + "/cases.sqlite" }
    package var classifier: String { root + "/charges.model" }
    package var vectors: String { root + "/vectors" }

    func textSegment(_ file: String) -> String { root + "/" + file }

    static let textSegmentPrefix = "text-"

    /// What a library of videos keeps under the same name: one folder holds one kind.
    var libraryOfVideos: String { LibraryPaths(root: root).manifest }
    var lock: LibraryPaths { LibraryPaths(root: root) }
}
