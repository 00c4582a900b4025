package import Corpus
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
    /// The same, decoded already.
    package var picture: Picture?
    /// A moment that the one sought should be like.
    package var like: Like?
    /// Hits are left out whose confidence is lower, 0…1.
    package var minimumConfidence = 0.0

    package static let defaultWeights = Query.defaultWeights

    /// A moment of the library.
    package struct Like: Sendable, Equatable {
        /// The asset's id, its path, or the end of its path.
        package var asset: String
        /// Nil for a picture, or the beginning.
        package var timeSeconds: Double?

        package init(asset: String, timeSeconds: Double? = nil) {
            self.asset = asset
            self.timeSeconds = timeSeconds
        }
    }

    package init(query: String) { self.query = query }

    /// The query as the channels are asked. The picture at `picturePath` is not in it yet.
    func parsed() throws -> Query {
        var expression =
            isLiteral ? QueryExpression(words: query) : try QueryExpression(parsing: query)
        if let like {
            guard expression.onlyPart != nil else {
                throw Failure(
                    .badRequest,
                    "A moment to be like goes with plain words, not with THEN or WHILE. "
                        + "Write like:ASSET@TIME where it belongs in the query.")
            }
            expression.steps[0].parts[0].likes.append(
                MomentReference(asset: like.asset, timeSeconds: like.timeSeconds))
        }
        var parsed = Query(expression)
        if reranks {
            var settings = RerankSettings()
            settings.budgetSeconds = rerankMilliseconds.map { $0 / 1000 }
            parsed.reranking = settings
        }
        parsed.weights = weights
        parsed.fusion = fusion
        parsed.top = top
        parsed.filter = filter
        parsed.minimumConfidence = minimumConfidence
        parsed.picture = picture
        return parsed
    }
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
    /// What the hits are made of: `keywords`, `fused` or `reranked`.
    package var stage: String
}

extension SearchAnswer {
    init(
        _ result: SearchResult, to request: SearchRequest, of library: SearchedLibrary,
        milliseconds further: [String: Double]
    ) {
        query = request.query
        generation = library.searcher.generation
        hits = result.hits
        assets = AssetRanking.assets(of: result.hits)
        missing = library.missing(of: request)
        notes = library.notes(on: request)
        stage = result.step.rawValue
        var milliseconds = Dictionary(
            uniqueKeysWithValues: result.secondsByStage.map { ($0.rawValue, $1 * 1000) })
        milliseconds.merge(further) { $1 }
        self.milliseconds = milliseconds.mapValues { ($0 * 100).rounded() / 100 }
    }
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
    let library: SearchedLibrary
    let openingMilliseconds: Double
    /// One sentence a channel that was asked for and cannot run.
    let missing: [String]

    /// - Parameter request: says which models are needed; others may be asked with the same.
    init(application: Application, for request: SearchRequest) throws {
        let start = ContinuousClock.now
        let reader = try LibraryReader(
            root: application.configuration.indexPath,
            ranking: TextRanking(request.ranking))
        let spaces = Set(try reader.spaces().map(\.name))
        let models = try LoadedModels(
            application,
            wanted: Application.ModelRole.allCases.filter {
                request.weights.keys.contains($0.channel) && spaces.contains($0.space)
            }, looksAtPictures: request.picturePath != nil, reranks: request.reranks)
        let workers = application.configuration.workers
        library = try SearchedLibrary(
            readers: LibraryReaders(reader), models: models,
            embedder: QueryEmbedder(models: models.models),
            sharing: Searcher.Sharing(workers: workers))
        missing = library.missing(of: request)
        openingMilliseconds = start.duration(to: .now) / .milliseconds(1)
    }

    func search(_ request: SearchRequest) throws -> SearchAnswer {
        let start = ContinuousClock.now
        var query = try request.parsed()
        if let path = request.picturePath {
            query.picture = try PictureReader().picture(of: MediaFile.open(path: path))
        }
        let result = try library.searcher.search(query)
        let total = openingMilliseconds + start.duration(to: .now) / .milliseconds(1)
        return SearchAnswer(
            result, to: request, of: library,
            milliseconds: ["open": openingMilliseconds, "total": total])
    }
}
