import JSONText

/// `tokenizer.json`: the whole tokenizer in one file. The vocabulary and the merges go straight
/// into their tables; of the rest only what WordPiece and CLIP need is kept.
struct TokenizerJSON {
    let path: String
    private(set) var modelType = "?"
    private(set) var vocabulary: Vocabulary?
    private(set) var merges: BytePairMerges?
    private(set) var specialTokens: [String: Int] = [:]
    private var model: [String: JSONValue] = [:]
    private var normalizer: JSONValue = .null
    private var postProcessor: JSONValue = .null

    init(path: String) throws {
        self.path = path
        try TokenizerFile.scan(path) { scanner in
            try scanner.readObject { scanner, key in
                switch key {
                case "model": try readModel(&scanner)
                case "normalizer": normalizer = try JSONValue(&scanner)
                case "post_processor": postProcessor = try JSONValue(&scanner)
                case "added_tokens": try readAddedTokens(JSONValue(&scanner))
                default: try scanner.skipValue()
                }
            }
        }
        modelType = model["type"]?.string ?? "?"
    }

    private mutating func readModel(_ scanner: inout JSONScanner) throws {
        let path = self.path
        guard try scanner.peek() == .object else {
            throw TokenizerError.missingField(path: path, field: "model")
        }
        try scanner.readObject { scanner, key in
            switch key {
            case "vocab":
                guard try scanner.peek() == .object else {
                    // Unigram models list pairs of token and score.
                    throw TokenizerError.unsupported(path: path, found: "Unigram")
                }
                vocabulary = try Vocabulary(&scanner, path: path, capacity: 50_000)
            case "merges": merges = try BytePairMerges(&scanner, path: path)
            default: model[key] = try JSONValue(&scanner)
            }
        }
    }

    private mutating func readAddedTokens(_ list: JSONValue) throws {
        for token in list.array ?? [] {
            guard let content = token["content"]?.string, let id = token["id"]?.integer else {
                throw TokenizerError.missingField(path: path, field: "added_tokens")
            }
            guard (0...Vocabulary.idLimit).contains(id) else {
                throw TokenizerError.idOutOfRange(path: path, token: content)
            }
            specialTokens[content] = id
        }
    }

    func wordPieceOptions() throws -> WordPieceTokenizer.Options {
        var options = WordPieceTokenizer.Options()
        options.unknownToken = model["unk_token"]?.string ?? options.unknownToken
        options.continuationPrefix =
            model["continuing_subword_prefix"]?.string ?? options.continuationPrefix
        options.maximumWordLength =
            model["max_input_chars_per_word"]?.integer ?? options.maximumWordLength
        switch normalizer["type"]?.string {
        case "BertNormalizer":
            options.lowercases = normalizer["lowercase"]?.bool ?? options.lowercases
            options.stripsAccents = normalizer["strip_accents"]?.bool
            options.separatesChineseCharacters =
                normalizer["handle_chinese_chars"]?.bool ?? options.separatesChineseCharacters
            options.cleansText = normalizer["clean_text"]?.bool ?? options.cleansText
        case let other:
            throw TokenizerError.unsupported(
                path: path, found: "WordPiece with the normalizer \(other ?? "none")")
        }
        // The template's first and last pieces are the special tokens around a text.
        if let template = postProcessor["single"]?.array,
            let first = template.first?["SpecialToken"]?["id"]?.string,
            let last = template.last?["SpecialToken"]?["id"]?.string
        {
            options.startToken = first
            options.endToken = last
        }
        return options
    }
}
