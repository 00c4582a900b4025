internal import Corpus
internal import Embedders
internal import Retrieval
internal import Storage
internal import Tensors

/// A model that a server lets others use.
package struct ModelCard: Sendable, Equatable {
    package enum Role: String, Sendable {
        case embedding, reranking
    }

    /// Folder name.
    package var id: String
    package var role: Role
    /// Numbers of an embedding.
    package var dimension: Int?
    /// Tokens of a text that are read.
    package var maximumTokens: Int?
    /// Tells whether two embeddings compare.
    package var fingerprint: String
}

/// Texts through an encoder.
package struct TextEmbeddings: Sendable {
    package var vectors: Embeddings
    package var model: ModelCard
    /// Tokens that were read, special ones included.
    package var tokenCount: Int
}

/// What a reranker makes of passages, in their order.
package struct PassageScores: Sendable {
    /// The model's own scale; larger is better.
    package var raw: [Float]
    /// That a passage fits, 0…1.
    package var relevance: [Float]
    package var model: ModelCard
    /// Tokens that were read, of the query once a passage; 0 where the model does not count them.
    package var tokenCount: Int
}

extension LiveLibrary {
    /// Texts that go through a network together; between two lots, whoever gave up is noticed.
    private static let lot = 64

    /// The models that are loaded: of meaning first, which is what a request gets that names none.
    package func modelCards() throws -> [ModelCard] {
        let engine = try engine()
        let models = engine.models.models
        var cards: [ModelCard] = []
        if let encoder = models.text, let space = engine.models.spaces[.meaning] {
            cards.append(
                ModelCard(
                    id: space.model, role: .embedding, dimension: encoder.dimension,
                    maximumTokens: encoder.maximumTokens, fingerprint: encoder.modelFingerprint))
        }
        if let tower = models.imageText, let space = engine.models.spaces[.frames] {
            cards.append(
                ModelCard(
                    id: space.model, role: .embedding, dimension: tower.dimension,
                    maximumTokens: tower.maximumTokens, fingerprint: tower.modelFingerprint))
        }
        if let reranker = models.reranker {
            cards.append(
                ModelCard(
                    id: application.configuration.rerankModel, role: .reranking,
                    fingerprint: reranker.modelFingerprint))
        }
        return cards
    }

    /// - Parameters:
    ///   - model: an id of a card; nil for the first.
    ///   - prompt: name of the model's prompt to put before each text; nil for its default.
    ///   - isCancelled: asked now and then; then the work ends with `.interrupted`.
    package func embed(
        _ texts: [String], model name: String?, prompt: String? = nil,
        isCancelled: () -> Bool = { false }
    ) throws -> TextEmbeddings {
        try Failure.translating {
            let choice = prompt.map { PromptChoice.named($0) } ?? .standard
            let models = try engine().models.models
            let cards = try modelCards().filter { $0.role == .embedding }
            guard let card = name.map({ name in cards.first { $0.id == name } }) ?? cards.first
            else {
                throw Failure(
                    .noInput,
                    cards.isEmpty
                        ? "No model for embeddings is installed. "
                            + "Fetch the default models with scripts/fetch-models."
                        : "There is no model \(name?.prefix(100) ?? "") for embeddings here. "
                            + "There are: \(cards.map(\.id).joined(separator: ", ")).")
            }
            let isMeaning = card.fingerprint == models.text?.modelFingerprint
            var rows: [Matrix] = []
            var tokenCount = 0
            for start in stride(from: 0, to: texts.count, by: Self.lot) {
                guard !isCancelled() else { throw CancellationError() }
                let lot = Array(texts[start..<min(start + Self.lot, texts.count)])
                try load.counted {
                    try load.shared {
                        if isMeaning, let encoder = models.text {
                            tokenCount += try lot.reduce(0) {
                                try $0 + encoder.tokenCount(of: $1, as: choice)
                            }
                            rows.append(try encoder.embed(lot, as: choice))
                        } else if let tower = models.imageText {
                            try tower.refuse(choice)
                            tokenCount += try lot.reduce(0) { try $0 + tower.tokenCount(of: $1) }
                            rows.append(try tower.embed(lot))
                        }
                    }
                }
            }
            return TextEmbeddings(
                vectors: Embeddings(Matrix(stacking: rows, columns: card.dimension ?? 0)),
                model: card, tokenCount: tokenCount)
        }
    }

    /// - Parameter model: the id of the reranker's card, or nil; there is one.
    package func score(
        _ passages: [String], query: String, model name: String?,
        isCancelled: () -> Bool = { false }
    ) throws -> PassageScores {
        try Failure.translating {
            let cards = try modelCards().filter { $0.role == .reranking }
            guard let reranker = try engine().models.models.reranker, let card = cards.first else {
                throw Failure(.noInput, application.missingRerankerNote)
            }
            guard name == nil || name == card.id else {
                throw Failure(
                    .noInput,
                    "There is no model \(name?.prefix(100) ?? "") here for reranking. "
                        + "There is: \(card.id).")
            }
            var raw: [Float] = []
            for start in stride(from: 0, to: passages.count, by: Self.lot) {
                guard !isCancelled() else { throw CancellationError() }
                let lot = Array(passages[start..<min(start + Self.lot, passages.count)])
                raw += try load.counted { try reranker.scores(query: query, passages: lot) }
            }
            return PassageScores(
                raw: raw, relevance: raw.map(reranker.relevance), model: card,
                tokenCount: try passages.reduce(0) {
                    try $0 + reranker.tokenCount(query: query, passage: $1)
                })
        }
    }
}
