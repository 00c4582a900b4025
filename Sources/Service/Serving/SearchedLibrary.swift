internal import Corpus
internal import Retrieval
internal import Storage

/// A commit of the library with the models that search it, and what its searches lack.
struct SearchedLibrary: Sendable {
    let searcher: Searcher
    /// Why a channel cannot run, by channel.
    private let missing: [Channel: String]
    private let missingReranker: String?

    private static let uncalibrated =
        "Hits have no confidence yet: it is measured when reel index ends. "
        + "Run it again if it does not run now."

    /// Refuses models other than those that made the library's vectors.
    init(
        readers: LibraryReaders, models: LoadedModels, embedder: QueryEmbedder,
        sharing: Searcher.Sharing
    ) throws {
        let spaces = try readers.with { try $0.spaces() }
        try models.requireSame(as: spaces)
        searcher = try Searcher(readers: readers, embedder: embedder, sharing: sharing)
        var missing = models.missing
        for role in Application.ModelRole.allCases
        where !spaces.contains(where: { $0.name == role.space }) {
            missing[role.channel] =
                "The library was made without a model for \(role.space.rawValue), so "
                + "\(role.loss). Index again when the model is installed."
        }
        for (channel, problem) in searcher.damage {
            missing[channel] = "The search by \(channel.rawValue) is left out. \(problem)"
        }
        self.missing = missing
        missingReranker = models.missingReranker
    }

    /// One sentence a channel that a search asks for and that cannot run.
    func missing(of request: SearchRequest) -> [String] {
        Channel.allCases.filter { request.weights.keys.contains($0) }.compactMap { missing[$0] }
    }

    /// What else to know before believing the hits.
    func notes(on request: SearchRequest) -> [String] {
        (request.reranks ? [missingReranker].compactMap { $0 } : [])
            + (searcher.isCalibrated ? [] : [Self.uncalibrated])
    }
}
