internal import Corpus
internal import Embedders
internal import Ingest
internal import IsolatedDecoding
internal import Speech
internal import Storage
internal import Tensors

/// The models and tools of indexing, opened once for all runs of a watch.
struct IndexingModels {
    let tools: IngestTools
    let spaces: [VectorSpace]
    private let framesTexts: FramesTexts?
    private let precision: Precision
    private let cache: VectorCache
    /// A sentence a missing model.
    let missing: [String]

    init(_ application: Application, _ request: IndexRequest) throws {
        let frames = try application.model(.frames)
        let meaning = try application.model(.meaning)
        var tools = IngestTools(makeDecoder: { DecodingWorker() })
        let precision = (application.configuration.precision ?? .auto).resolved
        let cache = VectorCache(folder: application.configuration.cachePath.map { $0 + "/vectors" })
        tools.textEmbedder = try meaning.map { try TextEmbedder(model: $0, precision: precision) }
        if let frames {
            let embedder = try LazyImageEmbedder(model: frames, precision: precision)
            let texts = FramesTexts(embedder, model: frames, precision: precision, cache: cache)
            tools.imageEmbedder = embedder
            tools.tagger = try application.tagger(by: texts)
            framesTexts = texts
        } else {
            framesTexts = nil
        }
        if request.describes { tools.describer = try application.describer() }
        if request.recognizer != .off {
            tools.voiceModel = try application.voiceModel().model
            tools.transcriber = application.transcriber().transcriber
        }
        var spaces: [VectorSpace] = []
        if let frames, let embedder = tools.imageEmbedder {
            spaces.append(
                application.space(
                    .frames, of: frames, fingerprint: embedder.modelFingerprint,
                    dimension: embedder.dimension))
        }
        if let meaning, let embedder = tools.textEmbedder {
            spaces.append(
                application.space(
                    .meaning, of: meaning, fingerprint: embedder.modelFingerprint,
                    dimension: embedder.dimension))
        }
        self.precision = precision
        self.cache = cache
        self.tools = tools
        self.spaces = spaces
        missing = [(Application.ModelRole.frames, frames), (.meaning, meaning)]
            .filter { $0.1 == nil }.map { application.missingModelNote($0.0) }
    }

    /// For a calibration, queries × dimension.
    func vectors(_ channel: Channel, of queries: [String]) throws -> Matrix? {
        switch channel {
        case .frames:
            return try framesTexts?.vectors(ofQueries: queries)
        case .meaning:
            guard let embedder = tools.textEmbedder else { return nil }
            let key = VectorCache.Key(
                model: embedder.modelFingerprint, precision: precision, use: "query",
                texts: queries)
            return try cache.matrix(
                key, rows: queries.count, columns: embedder.dimension
            ) { try embedder.embed(queries, as: .query) }
        case .keywords:
            return nil
        }
    }
}
