internal import JSONText

/// Which files of a model are of use here: its settings, its tokenizer, and one copy of its weights.
/// Copies for other programs (ONNX, TensorFlow, Flax, OpenVINO) stay where they are.
struct NeededFiles {
    private let listing: HubListing
    /// `org/name`, for errors.
    private let name: String

    init(_ listing: HubListing, name: String) {
        self.listing = listing
        self.name = name
    }

    private static let settings: Set<String> = [
        "config.json", "preprocessor_config.json", "processor_config.json", "modules.json",
        "sentence_bert_config.json", "config_sentence_transformers.json", "generation_config.json",
        "adapter_config.json", "reranker.json", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "tokenizer.model", "sentencepiece.bpe.model", "spiece.model", "bpe.codes",
        "chat_template.jinja", "chat_template.json",
    ]

    /// What is fetched first: settings, tokenizers, lists of shards.
    var small: [HubFile] {
        listing.files.filter { file in
            Self.isModule(file.folder)
                && (Self.settings.contains(file.name) || indexes.contains(file.path))
        }
    }

    /// The lists of shards that are to be read.
    var indexes: [String] {
        folders.compactMap { folder in
            guard case .index(let file) = weights(in: folder) else { return nil }
            return file.path
        }
    }

    /// What is fetched then.
    /// - Parameter index: reads a list of shards, by its path.
    func large(
        readingIndex index: (String) throws -> [UInt8]
    ) throws -> [HubFile] {
        var files: [HubFile] = []
        for folder in folders {
            switch weights(in: folder) {
            case .whole(let file): files.append(file)
            case .index(let file): files += try shards(of: file, try index(file.path))
            case nil: continue
            }
        }
        guard !files.isEmpty else {
            let others = listing.files.map(\.name).filter { name in
                [".onnx", ".h5", ".msgpack", ".gguf", ".pt", ".pth", ".bin"].contains {
                    name.hasSuffix($0)
                }
            }
            throw ModelHubError.noWeights(name: name, found: Array(Set(others)).sorted())
        }
        return files
    }

    private enum Weights {
        case whole(HubFile)
        case index(HubFile)
    }

    /// The preferred form of the weights in a folder.
    private func weights(in folder: String) -> Weights? {
        let prefix = folder.isEmpty ? "" : folder + "/"
        for stem in ["model.safetensors", "pytorch_model.bin"] {
            if let file = listing.file(prefix + stem) { return .whole(file) }
            if let file = listing.file(prefix + stem + ".index.json") { return .index(file) }
        }
        // A low-rank adapter, which stands on another model.
        for stem in ["adapter_model.safetensors", "adapter_model.bin"] {
            if let file = listing.file(prefix + stem) { return .whole(file) }
        }
        return nil
    }

    /// The top, and the folders of a sentence encoder's steps, which hold weights of their own.
    private var folders: [String] {
        Array(Set(listing.files.map(\.folder))).filter(Self.isModule).sorted()
    }

    /// `1_Pooling`, `2_Dense`: as sentence-transformers names them.
    private static func isModule(_ folder: String) -> Bool {
        guard !folder.isEmpty else { return true }
        guard let first = folder.first, first.isASCII, first.isNumber else { return false }
        return !folder.contains("/") && folder.contains("_")
    }

    /// The shards that an index names, each a file beside it.
    private func shards(of index: HubFile, _ bytes: [UInt8]) throws -> [HubFile] {
        guard let map = try? JSONValue(parsing: bytes)["weight_map"]?.object else {
            throw ModelHubError.badListing(
                name: name, reason: "\(index.path) does not list shards")
        }
        let prefix = index.folder.isEmpty ? "" : index.folder + "/"
        return try Set(map.values.compactMap(\.string)).sorted().map { shard in
            guard !shard.contains("/"), let file = listing.file(prefix + shard) else {
                throw ModelHubError.badListing(
                    name: name,
                    reason: "\(index.path) names \(shard.debugDescription), which is not there")
            }
            return file
        }
    }
}
