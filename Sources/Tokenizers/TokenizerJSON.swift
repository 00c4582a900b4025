internal import JSONText

/// `tokenizer.json`: the whole tokenizer in one file. The vocabulary and the merges go straight
/// into their tables; the rest is small and read as a tree first.
struct TokenizerJSON {
    let path: String
    private var model: [String: JSONValue]?
    private var vocabulary: Vocabulary?
    /// Of a Unigram model, by id.
    private var scores: [Double]?
    private var merges: MergeList?
    private var normalizer: JSONValue = .null
    private var preTokenizer: JSONValue = .null
    private var postProcessor: JSONValue = .null
    private var padding: JSONValue = .null
    private var truncation: JSONValue = .null
    private var addedTokens: [JSONValue] = []

    init(path: String) throws {
        self.path = path
        try TokenizerFile.scan(path) { scanner in
            try scanner.readObject { scanner, key in
                switch key {
                case "model": try readModel(&scanner)
                case "normalizer": normalizer = try JSONValue(&scanner)
                case "pre_tokenizer": preTokenizer = try JSONValue(&scanner)
                case "post_processor": postProcessor = try JSONValue(&scanner)
                case "padding": padding = try JSONValue(&scanner)
                case "truncation": truncation = try JSONValue(&scanner)
                case "added_tokens": addedTokens = try JSONValue(&scanner).array ?? []
                default: try scanner.skipValue()
                }
            }
        }
    }

    private mutating func readModel(_ scanner: inout JSONScanner) throws {
        let path = self.path
        guard try scanner.peek() == .object else {
            throw TokenizerError.missingField(path: path, field: "model")
        }
        var rest: [String: JSONValue] = [:]
        try scanner.readObject { scanner, key in
            switch key {
            case "vocab":
                if try scanner.peek() == .array {
                    var scores: [Double] = []
                    vocabulary = try Vocabulary(scored: &scanner, path: path, scores: &scores)
                    self.scores = scores
                } else {
                    vocabulary = try Vocabulary(&scanner, path: path, capacity: 50_000)
                }
            case "merges": merges = try MergeList(&scanner, path: path)
            default: rest[key] = try JSONValue(&scanner)
            }
        }
        model = rest
    }

    // MARK: Parts

    func parts() throws -> TokenizerPipeline.Parts {
        let reader = ComponentReader(path: path)
        let model = try tokenModel()
        var parts = TokenizerPipeline.Parts(model: model)
        parts.normalizer = try reader.normalizer(normalizer)
        parts.preTokenizer = try reader.preTokenizer(preTokenizer)
        parts.postProcessor = try reader.postProcessor(postProcessor)
        parts.addedTokens = try reader.addedTokens(addedTokens)
        parts.padding = try reader.padding(padding)
        parts.truncatedSide = try reader.truncatedSide(truncation)
        return parts
    }

    private func tokenModel() throws(TokenizerError) -> TokenModel {
        guard let model else { throw .missingField(path: path, field: "model") }
        let type = model["type"]?.string ?? inferredType(model)
        guard TokenModel.supported.contains(type) else {
            throw .unsupported(
                path: path, part: "model", found: type, supported: TokenModel.supported)
        }
        guard let vocabulary, (scores != nil) == (type == "Unigram") else {
            throw .missingField(path: path, field: "model.vocab")
        }
        let unknown = model["unk_token"]?.string
        switch type {
        case "WordPiece":
            let name = unknown ?? "[UNK]"
            return .wordPiece(
                WordPieceModel(
                    vocabulary: vocabulary, unknownID: try id(of: name, in: vocabulary),
                    continuationPrefix: model["continuing_subword_prefix"]?.string ?? "##",
                    maximumWordLength: try count(
                        model["max_input_chars_per_word"], "model.max_input_chars_per_word")
                        ?? 100))
        case "WordLevel":
            return .wordLevel(
                WordLevelModel(
                    vocabulary: vocabulary,
                    unknownID: unknown.flatMap(vocabulary.id).map(Int32.init))
            )
        case "Unigram":
            let unknownID = try count(model["unk_id"], "model.unk_id")
            if let unknownID, unknownID >= vocabulary.idEnd {
                throw .missingField(path: path, field: "model.unk_id")
            }
            return .unigram(
                UnigramModel(
                    vocabulary: vocabulary, scores: scores ?? [],
                    unknownID: unknownID.map(Int32.init),
                    fallsBackToBytes: model["byte_fallback"]?.bool ?? false))
        default: return try bytePairModel(model, vocabulary)
        }
    }

    private func bytePairModel(
        _ model: [String: JSONValue], _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> TokenModel {
        guard let merges else { throw .missingField(path: path, field: "model.merges") }
        if let dropout = model["dropout"]?.number, dropout != 0 {
            throw .unsupported(
                path: path, part: "model.dropout", found: "\(dropout)",
                supported: ["null (dropout is for training: tokens would be random)"])
        }
        var options = BytePairModel.Options()
        options.unknownID = model["unk_token"]?.string.flatMap(vocabulary.id).map(Int32.init)
        options.continuationPrefix = Array(
            (model["continuing_subword_prefix"]?.string ?? "").utf8)
        options.endOfWordSuffix = Array((model["end_of_word_suffix"]?.string ?? "").utf8)
        options.fusesUnknown = model["fuse_unk"]?.bool ?? false
        options.fallsBackToBytes = model["byte_fallback"]?.bool ?? false
        options.ignoresMerges = model["ignore_merges"]?.bool ?? false
        let table = try merges.table(
            for: vocabulary, prefixLength: options.continuationPrefix.count, path: path)
        return .bytePair(
            BytePairModel(vocabulary: vocabulary, merges: table, options: options))
    }

    /// Files of the first versions name no type.
    private func inferredType(_ model: [String: JSONValue]) -> String {
        if merges != nil { return "BPE" }
        if scores != nil { return "Unigram" }
        return model["continuing_subword_prefix"] == nil ? "WordLevel" : "WordPiece"
    }

    private func id(
        of token: String, in vocabulary: Vocabulary
    ) throws(TokenizerError) -> Int32 {
        guard let id = vocabulary.id(of: token) else {
            throw .missingSpecialToken(path: path, token: token)
        }
        return Int32(id)
    }

    private func count(_ value: JSONValue?, _ field: String) throws(TokenizerError) -> Int? {
        guard let value, value != .null else { return nil }
        guard let count = value.integer, count >= 0, count <= Vocabulary.idLimit else {
            throw .missingField(path: path, field: field)
        }
        return count
    }
}
