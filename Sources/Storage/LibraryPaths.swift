/// Where things lie inside a library's folder, `indexes/<name>/`.
package struct LibraryPaths: Sendable, Equatable {
    package let root: String

    package init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    package var manifest: String { root + "/manifest.json" }
    package var catalog: String { root + "/catalog.sqlite" }
    package var vectors: String { root + "/vectors" }
    package var thumbnails: String { root + "/thumbnails" }
    package var lock: String { root + "/lock" }
    package var generationMark: String { root + "/generation" }

    package func segment(_ fileName: String) -> String { vectors + "/" + fileName }

    /// A folder for each of 256 prefixes keeps folders short in large libraries.
    package func thumbnail(_ name: ThumbnailName) -> String {
        thumbnails + "/" + name.relativePath
    }
}
