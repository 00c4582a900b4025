internal import Answering
package import Corpus
internal import Embedders
internal import Retrieval
internal import Storage
internal import Tensors

extension LiveLibrary {
    /// What is known of an answer on its way.
    package enum AnswerStage: String, Sendable {
        /// Found, and nothing said yet.
        case evidence
        /// Said, and not checked yet.
        case draft
        /// As it is.
        case verified
    }

    /// - Parameters:
    ///   - isCancelled: asked often; then the answer ends with `.interrupted`.
    ///   - onStage: given what is known after each stage but the last.
    package func ask(
        _ request: AnswerRequest, isCancelled: @escaping () -> Bool = { false },
        onStage: (AnswerStage, LibraryAnswer) throws -> Void = { _, _ in }
    ) throws -> LibraryAnswer {
        let engine = try engine()
        // The error of whoever takes the stages is theirs, not the answer's.
        var takersError: (any Error)?
        do {
            let library = Asked(live: self, models: engine.models.models, isCancelled: isCancelled)
            return try load.counted {
                try LibraryAsking(library: library, application: application).answer(
                    request, isCancelled: isCancelled,
                    onStage: { stage, answer in
                        do {
                            try onStage(stage == .evidence ? .evidence : .draft, answer)
                        } catch {
                            takersError = error
                            throw error
                        }
                    })
            }
        } catch {
            if let takersError { throw takersError }
            throw Failure(error)
        }
    }

    private struct Asked: AskedLibrary {
        let live: LiveLibrary
        let models: SearchModels
        let isCancelled: () -> Bool

        var reranker: (any PassageReranker)? { models.reranker }
        var textEmbedder: TextEmbedder? { models.text }

        func search(_ request: SearchRequest) throws -> SearchAnswer {
            try live.search(request, isCancelled: isCancelled)
        }

        func reading<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
            try live.reading(body)
        }
    }
}

/// The library that a server shares, as agents may use it.
package struct SharedAgentLibrary: AgentLibrary {
    private let live: LiveLibrary

    package init(live: LiveLibrary) { self.live = live }

    package func search(
        _ request: SearchRequest, isCancelled: @escaping () -> Bool
    ) throws -> SearchAnswer {
        try live.search(request, isCancelled: isCancelled)
    }

    package func ask(
        _ request: AnswerRequest, isCancelled: @escaping () -> Bool
    ) throws -> LibraryAnswer {
        try live.ask(request, isCancelled: isCancelled)
    }

    package func timeline(of asset: AssetID) throws -> AssetTimeline {
        try Failure.translating {
            try live.readingLatest { library in
                guard let summary = try library.asset(asset) else {
                    throw StorageError.noSuchAsset(asset.description)
                }
                return try Application.timeline(of: summary, in: library)
            }
        }
    }

    package func list() throws -> LibraryListing {
        try Failure.translating { try live.readingLatest(Application.listing(of:)) }
    }
}
