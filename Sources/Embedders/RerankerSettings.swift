import Checkpoints

/// `reranker.json` beside a model or an adapter of ours: how it is meant to be used. Hugging Face's
/// files have no place for it.
struct RerankerSettings: Sendable {
    static let fileName = "reranker.json"

    /// How token states become a score.
    enum Kind: String {
        case lateInteraction = "late-interaction"
        case crossEncoder = "cross-encoder"
    }

    var kind: Kind?
    /// Weight of this model's score against the fused one, 0…1.
    var blend: Double?
    /// Layers of the base model that are used, from below.
    var layerCount: Int?
    var maximumPassageTokens: Int?

    /// Without the file nothing is set.
    init(directory: String) throws {
        let path = directory + "/" + Self.fileName
        let settings: ModelConfiguration
        do {
            settings = try ModelConfiguration(path: path)
        } catch CheckpointError.missingFile {
            return
        }
        if settings["kind"] != nil {
            guard let kind = Kind(rawValue: try settings.string("kind")) else {
                throw settings.wrong("kind", expected: "\"late-interaction\" or \"cross-encoder\"")
            }
            self.kind = kind
        }
        if settings["blend"] != nil {
            let blend = try settings.positiveNumber("blend", default: 1)
            guard blend <= 1 else { throw settings.wrong("blend", expected: "a number up to 1") }
            self.blend = blend
        }
        if settings["layers"] != nil { layerCount = try settings.size("layers", atMost: 1 << 10) }
        if settings["maximum_passage_tokens"] != nil {
            maximumPassageTokens = try settings.size("maximum_passage_tokens", atMost: 1 << 16)
        }
    }
}
