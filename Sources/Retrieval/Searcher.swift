package import Corpus
package import Embedders
package import Storage
package import Tensors
internal import TextSearch

/// The models a search may use, each of which may be missing.
package struct SearchModels: Sendable {
    /// The text tower of the model whose image tower made the frames' vectors.
    package var imageText: ImageTextEmbedder?
    /// That image tower, for queries by picture.
    package var image: ImageEmbedder?
    /// The encoder that made the passages' vectors.
    package var text: TextEmbedder?
    /// What reads the best hits again.
    package var reranker: (any PassageReranker)?

    package init() {}
}

/// Answers queries from one snapshot of a library: each channel, normalised, fused into moments.
/// Several threads may search at the same time.
package struct Searcher: Sendable {
    package let readers: LibraryReaders
    let vectors: [Channel: AssetVectors]
    let vectorStage: VectorStage
    /// Channels whose vectors cannot be read, and why.
    package private(set) var damage: [Channel: String] = [:]
    /// Nil when the library has none that fits the models.
    let calibration: Calibration?
    /// Of the channels that are calibrated.
    let rowMeans: [Channel: RowMeans]
    let embedder: QueryEmbedder
    let places: KnownPlaces
    let claimedFrames: ClaimedPlaces<TimeSpan>
    let claimedPassages: ClaimedPlaces<PassagePlace>
    let rerankCache: RerankCache
    private let libraryID: String

    package var models: SearchModels { embedder.models }
    var imageTextEmbedder: ImageTextEmbedder? { models.imageText }
    var imageEmbedder: ImageEmbedder? { models.image }
    var textEmbedder: TextEmbedder? { models.text }

    /// For a program that searches a little and ends.
    package init(library: LibraryReader, models: SearchModels, workers: Int) throws {
        try self.init(library: library, models: models, workers: workers, isCalibrated: true)
    }

    /// - Parameter isCalibrated: false to look at scores as they are, as calibration itself does.
    init(library: LibraryReader, models: SearchModels, workers: Int, isCalibrated: Bool) throws {
        try self.init(
            readers: LibraryReaders(library), embedder: QueryEmbedder(models: models),
            sharing: Sharing(workers: workers), isCalibrated: isCalibrated)
    }

    /// How searches at the same time get along.
    package struct Sharing: Sendable {
        /// Cores for the scan of vectors, at most.
        package var workers: Int
        /// Whose share of the cores a search may use; nil for all of them.
        package var load: Load?
        /// What was searched before the latest commit; its scores, and what it knows of assets
        /// that are the same, are kept.
        package var earlier: Searcher?
        /// Whether all of an asset's rows are read when one is needed: many searches follow.
        package var keepsAssets = false

        package init(workers: Int) { self.workers = workers }
    }

    package init(
        readers: LibraryReaders, embedder: QueryEmbedder, sharing: Sharing
    ) throws {
        try self.init(
            readers: readers, embedder: embedder, sharing: sharing, isCalibrated: true)
    }

    private init(
        readers: LibraryReaders, embedder: QueryEmbedder, sharing: Sharing, isCalibrated: Bool
    ) throws {
        self.readers = readers
        self.embedder = embedder
        var vectors: [Channel: AssetVectors] = [:]
        var damage: [Channel: String] = [:]
        (libraryID, calibration, places) = try readers.with { library in
            for (channel, space) in [
                (Channel.frames, VectorSpace.Name.frames), (.meaning, .meaning),
            ] {
                do {
                    vectors[channel] = try library.vectors(of: space)
                } catch {
                    // What is left still answers; who asks is told.
                    damage[channel] = "\(error)"
                }
            }
            vectors = vectors.filter { $0.value.count > 0 }
            let fingerprints = vectors.mapValues(\.space.fingerprint)
            return (
                library.libraryID,
                isCalibrated
                    ? try library.calibration().flatMap {
                        Calibration($0, fingerprints: fingerprints)
                    } : nil, try Self.places(sharing, in: library)
            )
        }
        self.vectors = vectors
        self.damage = damage
        claimedFrames = ClaimedPlaces(of: vectors[.frames])
        claimedPassages = ClaimedPlaces(of: vectors[.meaning])
        let calibration = self.calibration
        rowMeans = Dictionary(
            uniqueKeysWithValues: vectors.compactMap { channel, vectors in
                calibration?.spaces[channel.rawValue].map {
                    (channel, RowMeans($0.centring, of: vectors))
                }
            })
        vectorStage = VectorStage(
            vectors, embedder: embedder, count: ChannelSearch.candidates,
            workers: sharing.workers, load: sharing.load)
        rerankCache = sharing.earlier?.rerankCache ?? RerankCache()
    }

    private static func places(
        _ sharing: Sharing, in library: LibraryReader
    ) throws -> KnownPlaces {
        guard let earlier = sharing.earlier, earlier.libraryID == library.libraryID,
            earlier.generation <= library.generation
        else { return KnownPlaces(keepsAssets: sharing.keepsAssets) }
        return KnownPlaces(
            of: earlier.places,
            without: try library.assets(broughtAfter: earlier.generation))
    }

    /// The commit that is searched.
    package var generation: Int64 { readers.generation }

    /// Whether hits come with a confidence.
    package var isCalibrated: Bool { calibration != nil }

    /// - Parameters:
    ///   - isCancelled: asked between the stages; then `CancellationError` is thrown.
    ///   - onStage: given the hits of each stage but the last as soon as they are there. Stages
    ///     that would add nothing are left out.
    package func search(
        _ query: Query, isCancelled: @escaping () -> Bool = { false },
        onStage: ((SearchResult) throws -> Void)? = nil
    ) throws -> SearchResult {
        var run = SearchRun(searcher: self, query: query, isCancelled: isCancelled)
        return try run.result(onStage: onStage)
    }
}

/// The hits of one search, and where its time went.
package struct SearchResult: Sendable {
    /// What the hits are made of.
    package enum Step: String, Sendable, CaseIterable {
        /// What was said and written, by its words.
        case keywords
        /// All channels together.
        case fused
        /// The best of them, read again.
        case reranked
    }

    package var step: Step
    package var hits: [Hit]
    package var secondsByStage: [SearchStage: Double]
    /// Hits that a reranker read.
    package var readCount = 0
}
