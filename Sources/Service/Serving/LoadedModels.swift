internal import Checkpoints
internal import Corpus
internal import Embedders
internal import Retrieval
internal import Storage
internal import Tensors

extension Application.ModelRole {
    var channel: Channel {
        switch self {
        case .frames: .frames
        case .meaning: .meaning
        }
    }
}

/// The models of a search, opened once for all searches.
struct LoadedModels: Sendable {
    private(set) var models = SearchModels()
    /// What the models make: to be compared with what a library holds.
    private(set) var spaces: [VectorSpace.Name: VectorSpace] = [:]
    /// Why a model that is wanted is not there, by the channel that needs it.
    private(set) var missing: [Channel: String] = [:]
    /// Why hits are not read again; nil when they are, or nobody wants it.
    private(set) var missingReranker: String?

    /// - Parameters:
    ///   - looksAtPictures: whether queries may be pictures.
    ///   - precision: of the encoders' products.
    init(
        _ application: Application, wanted: [Application.ModelRole], looksAtPictures: Bool,
        reranks: Bool, precision: Precision = .fp32
    ) throws {
        for role in wanted { try application.model(role)?.readAhead() }
        // Each is read and laid out by itself: they are loaded side by side, the reranker too.
        let parts = try Parallelism.map(wanted.count + (reranks ? 1 : 0)) { place in
            guard place < wanted.count else {
                var models = SearchModels()
                models.reranker = try application.reranker()
                return Part(models: models)
            }
            return try Part(
                wanted[place], of: application, looksAtPictures: looksAtPictures,
                precision: precision)
        }
        for (role, part) in zip(wanted, parts) {
            models.imageText = part.models.imageText ?? models.imageText
            models.image = part.models.image ?? models.image
            models.text = part.models.text ?? models.text
            if let space = part.space {
                spaces[role.space] = space
            } else {
                missing[role.channel] = application.missingModelNote(role)
            }
        }
        if reranks {
            models.reranker = parts.last?.models.reranker
            if models.reranker == nil { missingReranker = application.missingRerankerNote }
        }
    }

    /// What belongs to one role.
    private struct Part: Sendable {
        var models = SearchModels()
        /// Nil where there is no such model.
        var space: VectorSpace?

        init(models: SearchModels) { self.models = models }

        init(
            _ role: Application.ModelRole, of application: Application, looksAtPictures: Bool,
            precision: Precision
        ) throws {
            guard let model = try application.model(role) else { return }
            switch role {
            case .frames:
                let tower = try ImageTextEmbedder(model: model, precision: precision)
                models.imageText = tower
                if looksAtPictures { models.image = try ImageEmbedder(model: model) }
                space = application.space(
                    role, of: model, fingerprint: tower.modelFingerprint,
                    dimension: tower.dimension)
            case .meaning:
                let encoder = try TextEmbedder(model: model, precision: precision)
                models.text = encoder
                space = application.space(
                    role, of: model, fingerprint: encoder.modelFingerprint,
                    dimension: encoder.dimension)
            }
        }
    }

    /// The same models, whose reranker uses a share of the cores.
    func sharing(_ load: Load) -> LoadedModels {
        var shared = self
        shared.models.reranker = models.reranker.map { SharedReranker(reranker: $0, load: load) }
        return shared
    }

    /// Refuses a library some of whose vectors other models made.
    func requireSame(as indexed: [VectorSpace]) throws {
        for space in indexed {
            if let own = spaces[space.name] { try space.requireSame(as: own) }
        }
    }
}

/// A reranker that minds how many searches run.
struct SharedReranker: PassageReranker {
    let reranker: any PassageReranker
    let load: Load

    var modelFingerprint: String { reranker.modelFingerprint }
    var blend: Double { reranker.blend }
    var scale: RerankScale { reranker.scale }

    func relevance(ofScore score: Float) -> Float { reranker.relevance(ofScore: score) }
    func published(_ score: Float) -> Float { reranker.published(score) }

    func tokenCount(query: String, passage: String) throws -> Int {
        try reranker.tokenCount(query: query, passage: passage)
    }

    func scores(query: String, passages: [String]) throws -> [Float] {
        try load.shared { try reranker.scores(query: query, passages: passages) }
    }
}
