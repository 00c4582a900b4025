package import Corpus
internal import Storage

/// What `reel rm` takes out.
package struct RemovalAnswer: Sendable {
    package struct Removed: Sendable, Equatable {
        package var summary: AssetSummary
        /// Every path the asset was seen at; the files there are left as they are.
        package var paths: [String]
    }

    /// After the removal; before it when nothing was done.
    package var generation: Int64
    /// In the order they were named, each once.
    package var removed: [Removed]
}

extension Application {
    /// Takes assets out of the library with all that was made of them: rows, words, vectors and
    /// pictures. All of them or, when one cannot be found, none.
    /// - Parameters:
    ///   - names: as `timeline(of:)` takes them.
    ///   - isPreview: only says what would be taken out.
    package func remove(_ names: [String], isPreview: Bool = false) throws -> RemovalAnswer {
        try Failure.translating {
            let found: (generation: Int64, removed: [RemovalAnswer.Removed]) = try {
                let library = try LibraryReader(root: configuration.indexPath)
                var seen: Set<AssetID> = []
                let summaries = try names.map { try Self.asset(named: $0, in: library) }
                    .filter { seen.insert($0.asset.id).inserted }
                return (library.generation, try summaries.map { try Self.removed($0, library) })
            }()
            // The reader is let go first: it would keep what is removed in the log.
            guard !isPreview else {
                return RemovalAnswer(generation: found.generation, removed: found.removed)
            }
            let generation = try purge(found.removed.map(\.summary.asset.id))
            return RemovalAnswer(generation: generation, removed: found.removed)
        }
    }

    /// The same of one asset.
    package func remove(_ id: AssetID) throws {
        try Failure.translating { _ = try purge([id]) }
    }

    /// - Returns: the generation without them.
    private func purge(_ assets: [AssetID]) throws -> Int64 {
        let library = try LibraryWriter(root: configuration.indexPath, mustExist: true)
        do {
            try library.remove(assets)
        } catch let error as StorageError {
            // Nothing was changed: what the opening marked is put right.
            try library.finish()
            throw error
        }
        try library.finish(purging: true)
        return try library.generation()
    }

    private static func removed(
        _ summary: AssetSummary, _ library: LibraryReader
    ) throws -> RemovalAnswer.Removed {
        RemovalAnswer.Removed(
            summary: summary, paths: try library.paths(of: summary.asset.id))
    }
}
