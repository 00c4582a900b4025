package import Corpus
internal import Storage
internal import TextSearch

/// What `reel ls` shows.
package struct LibraryListing: Sendable {
    package var generation: Int64
    package var assets: [AssetSummary]
    /// Files that could not be used, with the reason.
    package var problems: [FileProblem]
    /// Files whose assets were taken out, with how to take them in again.
    package var removed: [FileProblem]
}

package struct FileProblem: Sendable, Equatable, Encodable {
    package var path: String
    package var problem: String
}

/// All that the library knows of one asset, in order of time.
package struct AssetTimeline: Sendable {
    package var summary: AssetSummary
    package var frames: [Frame]
    package var passages: [Passage]

    package struct Frame: Sendable, Equatable {
        package var keyFrame: KeyFrame
        /// From this key frame to the next, or to the end.
        package var span: TimeSpan
        /// Path of its picture.
        package var thumbnail: String
    }
}

extension Application {
    package func list() throws -> LibraryListing {
        try Failure.translating {
            try Self.listing(of: LibraryReader(root: configuration.indexPath))
        }
    }

    static func listing(of library: LibraryReader) throws -> LibraryListing {
        let (problems, removed) = try filesNotInUse(of: library)
        return LibraryListing(
            generation: library.generation, assets: try library.assets(), problems: problems,
            removed: removed)
    }

    static func filesNotInUse(
        of library: LibraryReader
    ) throws -> (problems: [FileProblem], removed: [FileProblem]) {
        let files = try library.problems().map {
            FileProblem(path: $0.path, problem: $0.problem)
        }
        return (
            files.filter { $0.problem != FileRecord.removal },
            files.filter { $0.problem == FileRecord.removal }
        )
    }

    /// - Parameter name: an id, or its beginning (four digits or more), or a path or its end.
    package func timeline(of name: String) throws -> AssetTimeline {
        try Failure.translating {
            let library = try LibraryReader(root: configuration.indexPath)
            return try Self.timeline(of: Self.asset(named: name, in: library), in: library)
        }
    }

    static func timeline(
        of summary: AssetSummary, in library: LibraryReader
    ) throws -> AssetTimeline {
        let id = summary.asset.id
        return AssetTimeline(
            summary: summary,
            frames: try library.keyFrames(of: id).map { frame in
                AssetTimeline.Frame(
                    keyFrame: frame.keyFrame, span: frame.span,
                    thumbnail: library.paths.thumbnail(frame.thumbnail))
            },
            passages: try library.passages(of: id).map(\.passage))
    }

    /// The one asset that a person means.
    static func asset(named name: String, in library: LibraryReader) throws -> AssetSummary {
        let matches = try library.assets().filter { Self.names(name, $0.asset) }
        guard let summary = matches.first(where: { $0.asset.path == name }) ?? matches.first
        else { throw StorageError.noSuchAsset(name) }
        guard matches.count == 1 || summary.asset.path == name else {
            let paths = matches.prefix(3).map(\.asset.path).joined(separator: ", ")
            throw Failure(
                .badRequest,
                "\(name) may be any of \(matches.count) assets: \(paths). Say more.")
        }
        return summary
    }

    private static func names(_ name: String, _ asset: Asset) -> Bool {
        if asset.path == name || asset.path.hasSuffix("/" + name) { return true }
        if name.hasPrefix("./") { return asset.path.hasSuffix(name.dropFirst(1)) }
        return name.utf8.count >= 4 && asset.id.description.hasPrefix(name.lowercased())
    }
}
