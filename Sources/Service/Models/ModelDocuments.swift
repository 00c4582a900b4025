/// A model's folder, as `reel models ls` lists it.
package struct ModelSummary: Sendable, Equatable, Encodable {
    package enum Kind: String, Sendable, Encodable {
        case imageText = "image-text"
        case textEncoder = "text-encoder"
        case crossEncoder = "cross-encoder"
        /// A low-rank adapter on another model.
        case adapter
        case voiceDetector = "voice-detector"
        case other
    }

    package enum Place: String, Sendable, Encodable { case folder, cache }

    /// By which it can be named: a folder's name, or `org/name`.
    package var name: String
    package var path: String
    package var place: Place
    package var kind: Kind
    /// `model_type` of its `config.json`.
    package var modelType: String?
    /// Numbers of a vector it makes.
    package var dimension: Int?
    /// Bytes of all its files.
    package var size: Int
    /// `frames`, `meaning`, `rerank`, `voice`: what the settings name it for.
    package var uses: [String]
    /// In the cache.
    package var commit: String?
    /// In the cache: branches and tags that lead to it.
    package var revisions: [String]?
    /// Why it cannot be used, where a look at its settings shows that.
    package var problem: String?

    enum CodingKeys: String, CodingKey {
        case name, path, place, kind, dimension, commit, revisions, problem
        case modelType = "model_type"
        case size = "size_bytes"
        case uses = "used_for"
    }
}

/// All that `reel models show` tells of a model.
package struct ModelDetails: Sendable, Equatable, Encodable {
    package struct File: Sendable, Equatable, Encodable {
        package var path: String
        package var size: Int
        /// As it is recorded; not computed anew.
        package var digest: String?

        enum CodingKeys: String, CodingKey {
            case path, digest
            case size = "size_bytes"
        }
    }

    private let schemaVersion = 1
    package var summary: ModelSummary
    package var architectures: [String]
    /// Numbers in its weights.
    package var parameters: Int?
    /// Numbers by the type they are stored in: `F32`.
    package var elementTypes: [String: Int]
    /// WordPiece, BPE, Unigram.
    package var tokenizer: String?
    package var maximumTokens: Int?
    /// Tells whether two embeddings compare.
    package var fingerprint: String?
    package var files: [File]

    package init(
        summary: ModelSummary, architectures: [String] = [], elementTypes: [String: Int] = [:],
        files: [File]
    ) {
        self.summary = summary
        self.architectures = architectures
        self.elementTypes = elementTypes
        self.files = files
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case architectures, parameters, tokenizer, fingerprint, files
        case elementTypes = "element_types"
        case maximumTokens = "max_tokens"
    }

    package func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(architectures, forKey: .architectures)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(elementTypes, forKey: .elementTypes)
        try container.encode(tokenizer, forKey: .tokenizer)
        try container.encode(maximumTokens, forKey: .maximumTokens)
        try container.encode(fingerprint, forKey: .fingerprint)
        try container.encode(files, forKey: .files)
    }
}

/// What `reel models verify` found of one model.
package struct ModelVerification: Sendable, Equatable, Encodable {
    package struct File: Sendable, Equatable, Encodable {
        package enum State: String, Sendable, Encodable { case right, wrong, missing, unrecorded }

        package var path: String
        package var size: Int
        package var state: State
        /// What it is, where that was computed.
        package var digest: String?
        /// What it should be, where it is not.
        package var expected: String?

        enum CodingKeys: String, CodingKey {
            case path, state, digest, expected
            case size = "size_bytes"
        }
    }

    package var name: String
    package var path: String
    package var files: [File]
    /// What is wrong with the weights' structure, checksums or numbers; nil when nothing was found.
    package var problem: String?

    package var isSound: Bool {
        problem == nil && !files.contains { [.wrong, .missing].contains($0.state) }
    }
}

/// What `reel models pull` brought.
package struct PulledModel: Sendable, Equatable, Encodable {
    private let schemaVersion = 1
    package var name: String
    package var commit: String
    package var path: String
    package var files: [String]
    package var totalBytes: Int
    /// Of them, what did not have to be fetched.
    package var presentBytes: Int
    package var milliseconds: Double

    package init(
        name: String, commit: String, path: String, files: [String], totalBytes: Int,
        presentBytes: Int, milliseconds: Double
    ) {
        self.name = name
        self.commit = commit
        self.path = path
        self.files = files
        self.totalBytes = totalBytes
        self.presentBytes = presentBytes
        self.milliseconds = milliseconds
    }

    enum CodingKeys: String, CodingKey {
        case name, commit, path, files, milliseconds
        case schemaVersion = "schema_version"
        case totalBytes = "total_bytes"
        case presentBytes = "present_bytes"
    }
}

/// How far a pull has come.
package struct PullProgress: Sendable {
    package var file: String
    package var doneBytes: Int
    package var totalBytes: Int
}
