internal import Checkpoints
package import Corpus
internal import Embedders
internal import Retrieval
internal import Storage

/// A search as a person asks for it.
package struct SearchRequest: Sendable {
    package var query: String
    package var top = 10
    /// Channels to search, with their weights.
    package var weights: [Channel: Double] = SearchRequest.defaultWeights
    /// Only assets of this kind.
    package var kind: AssetKind?
    /// Only assets whose path matches this shell pattern.
    package var pathPattern: String?

    package static let defaultWeights = Query.defaultWeights

    package init(query: String) { self.query = query }
}

package struct SearchAnswer: Sendable {
    package var query: String
    /// The commit of the library that was searched.
    package var generation: Int64
    package var hits: [Hit]
    /// One sentence a channel that was asked for and could not run.
    package var missing: [String]
    /// By stage, with `total`.
    package var milliseconds: [String: Double]
}

extension Application {
    package func search(_ request: SearchRequest) throws -> SearchAnswer {
        try Failure.translating {
            let session = try SearchSession(application: self, channels: Set(request.weights.keys))
            return try session.search(request)
        }
    }
}

/// An open library with the models that its channels need, good for many searches.
struct SearchSession {
    private let library: LibraryReader
    private let searcher: Searcher
    let missing: [String]
    private let openingMilliseconds: Double

    init(application: Application, channels: Set<Channel>) throws {
        let start = ContinuousClock.now
        let library = try LibraryReader(root: application.configuration.indexPath)
        let spaces = try library.spaces()
        var missing: [String] = []

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
        let imageText = try open(.frames, .frames) { model in
            let embedder = try CLIPTextEmbedder(model: model)
            return (embedder, embedder.modelFingerprint, embedder.dimension)
        }
        let text = try open(.meaning, .meaning) { model in
            let embedder = try TextEmbedder(model: model)
            return (embedder, embedder.modelFingerprint, embedder.dimension)
        }
        self.library = library
        self.missing = missing
        searcher = Searcher(
            library: library, imageTextEmbedder: imageText, textEmbedder: text,
            workers: application.configuration.workers)
        openingMilliseconds = start.duration(to: .now) / .milliseconds(1)
    }

    func search(_ request: SearchRequest) throws -> SearchAnswer {
        let start = ContinuousClock.now
        let result = try searcher.search(
            Query(
                text: request.query, weights: request.weights, top: request.top,
                kind: request.kind, pathPattern: request.pathPattern))
        var milliseconds = Dictionary(
            uniqueKeysWithValues: result.secondsByStage.map { ($0.rawValue, $1 * 1000) })
        milliseconds["open"] = openingMilliseconds
        milliseconds["total"] = openingMilliseconds + start.duration(to: .now) / .milliseconds(1)
        return SearchAnswer(
            query: request.query, generation: library.generation, hits: result.hits,
            missing: missing, milliseconds: milliseconds.mapValues { ($0 * 100).rounded() / 100 })
    }
}
