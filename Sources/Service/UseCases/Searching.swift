internal import Checkpoints
package import Corpus
internal import Embedders
internal import MediaDecoding
internal import Retrieval
internal import Storage
internal import TextSearch

/// A search as a person asks for it.
package struct SearchRequest: Sendable {
    package var query: String
    package var top = 10
    /// Channels to search, with their weights.
    package var weights: [Channel: Double] = SearchRequest.defaultWeights
    package var fusion = FusionMethod.default
    /// Of passages by their words.
    package var ranking = KeywordRanking.default
    /// Nothing in the query is interpreted: it is words.
    package var isLiteral = false
    /// Whether the best hits are read again, beside the query.
    package var reranks = true
    /// Reading stops when it has taken this long; nil for no limit.
    package var rerankMilliseconds: Double?
    /// Which assets may be found.
    package var filter = AssetFilter()
    /// Path of a picture to look for, alone or with the words.
    package var picturePath: String?
    /// Hits are left out whose confidence is lower, 0…1.
    package var minimumConfidence = 0.0

    package static let defaultWeights = Query.defaultWeights

    package init(query: String) { self.query = query }
}

package struct SearchAnswer: Sendable {
    package var query: String
    /// The commit of the library that was searched.
    package var generation: Int64
    package var hits: [Hit]
    /// The assets that the hits belong to.
    package var assets: [AssetHit]
    /// One sentence a channel that was asked for and could not run.
    package var missing: [String]
    /// What else to know before believing the hits.
    package var notes: [String]
    /// By stage, with `total`.
    package var milliseconds: [String: Double]
}

extension Application {
    package func search(_ request: SearchRequest) throws -> SearchAnswer {
        try Failure.translating {
            let session = try SearchSession(application: self, for: request)
            return try session.search(request)
        }
    }
}

/// An open library with the models that its channels need, good for many searches.
struct SearchSession {
    let library: LibraryReader
    let searcher: Searcher
    let missing: [String]
    private let notes: [String]
    let openingMilliseconds: Double

    private static let uncalibrated =
        "The library is not calibrated for these models, so hits have no confidence. "
        + "Run reel index again."

    /// - Parameter request: says which models are needed; others may be asked with the same.
    init(application: Application, for request: SearchRequest) throws {
        let channels = Set(request.weights.keys)
        let start = ContinuousClock.now
        let library = try LibraryReader(
            root: application.configuration.indexPath,
            ranking: TextRanking(request.ranking))
        let spaces = try library.spaces()
        var missing: [String] = []
        var notes: [String] = []

        /// The model of a space the library has, checked to be the one that made its vectors.
        func open<Embedder>(
            _ role: Application.ModelRole, _ channel: Channel,
            _ make: (ModelDirectory) throws -> (
                embedder: Embedder, fingerprint: String, dimension: Int
            )
        ) throws -> Embedder? {
            guard channels.contains(channel) else { return nil }
            guard let indexed = spaces.first(where: { $0.name == role.space }) else {
                missing.append(
                    "The library was made without a model for \(role.space.rawValue), so "
                        + "\(role.loss). Index again when the model is installed.")
                return nil
            }
            guard let model = try application.model(role) else {
                missing.append(application.missingModelNote(role))
                return nil
            }
            let made = try make(model)
            try indexed.requireSame(
                as: application.space(
                    role, of: model, fingerprint: made.fingerprint, dimension: made.dimension))
            return made.embedder
        }
        var models = SearchModels()
        models.imageText = try open(.frames, .frames) { model in
            let embedder = try CLIPTextEmbedder(model: model)
            return (embedder, embedder.modelFingerprint, embedder.dimension)
        }
        if request.picturePath != nil, models.imageText != nil {
            models.image = try application.model(.frames).map { try ImageEmbedder(model: $0) }
        }
        models.text = try open(.meaning, .meaning) { model in
            let embedder = try TextEmbedder(model: model)
            return (embedder, embedder.modelFingerprint, embedder.dimension)
        }
        if request.reranks {
            models.reranker = try application.reranker()
            if models.reranker == nil { notes.append(application.missingRerankerNote) }
        }
        self.library = library
        searcher = try Searcher(
            library: library, models: models, workers: application.configuration.workers)
        if !searcher.isCalibrated { notes.append(Self.uncalibrated) }
        for (channel, problem) in searcher.damage.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where channels.contains(channel) {
            missing.append("The search by \(channel.rawValue) is left out. \(problem)")
        }
        self.missing = missing
        self.notes = notes
        openingMilliseconds = start.duration(to: .now) / .milliseconds(1)
    }

    func search(_ request: SearchRequest) throws -> SearchAnswer {
        let start = ContinuousClock.now
        var query = Query(
            request.isLiteral
                ? QueryExpression(words: request.query)
                : try QueryExpression(parsing: request.query))
        if request.reranks {
            var settings = RerankSettings()
            settings.budgetSeconds = request.rerankMilliseconds.map { $0 / 1000 }
            query.reranking = settings
        }
        query.weights = request.weights
        query.fusion = request.fusion
        query.top = request.top
        query.filter = request.filter
        query.minimumConfidence = request.minimumConfidence
        if let path = request.picturePath {
            query.picture = try PictureReader().picture(of: MediaFile.open(path: path))
        }
        let result = try searcher.search(query)
        var milliseconds = Dictionary(
            uniqueKeysWithValues: result.secondsByStage.map { ($0.rawValue, $1 * 1000) })
        milliseconds["open"] = openingMilliseconds
        milliseconds["total"] = openingMilliseconds + start.duration(to: .now) / .milliseconds(1)
        return SearchAnswer(
            query: request.query, generation: library.generation, hits: result.hits,
            assets: AssetRanking.assets(of: result.hits), missing: missing,
            notes: notes, milliseconds: milliseconds.mapValues { ($0 * 100).rounded() / 100 })
    }
}
