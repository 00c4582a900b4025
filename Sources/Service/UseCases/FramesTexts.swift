internal import Checkpoints
internal import Embedders
internal import Retrieval
internal import Tensors

/// The texts that every run compares with frames: tags, and the unrelated queries of a calibration.
///
/// The model's text tower is opened only where their vectors are not known, and let go again: it
/// takes as much memory as the image tower, and as long to lay out as an hour of film to look at.
struct FramesTexts: Sendable {
    let model: ModelDirectory
    let fingerprint: String
    let dimension: Int
    let precision: Precision
    let cache: VectorCache

    init(
        _ embedder: LazyImageEmbedder, model: ModelDirectory, precision: Precision,
        cache: VectorCache
    ) {
        self.model = model
        fingerprint = embedder.modelFingerprint
        dimension = embedder.dimension
        self.precision = precision
        self.cache = cache
    }

    /// Tags and background texts × dimension; see `TagVocabulary.vectors(by:)`.
    func vectors(of vocabulary: TagVocabulary) throws -> Matrix {
        try cache.matrix(
            key("tags", vocabulary.embeddedTexts), rows: vocabulary.vectorCount,
            columns: dimension
        ) {
            let tower = try tower()
            // While it is open: the run ends with a calibration.
            _ = try vectors(ofQueries: Calibrator.queries) { tower }
            return try vocabulary.vectors(by: tower)
        }
    }

    /// Queries × dimension.
    func vectors(ofQueries queries: [String]) throws -> Matrix {
        try vectors(ofQueries: queries, by: tower)
    }

    private func vectors(
        ofQueries queries: [String], by tower: () throws -> ImageTextEmbedder
    ) throws -> Matrix {
        try cache.matrix(key("query", queries), rows: queries.count, columns: dimension) {
            try tower().embed(queries)
        }
    }

    private func tower() throws -> ImageTextEmbedder {
        try ImageTextEmbedder(model: model, precision: precision)
    }

    private func key(_ use: String, _ texts: [String]) -> VectorCache.Key {
        VectorCache.Key(model: fingerprint, precision: precision, use: use, texts: texts)
    }
}
