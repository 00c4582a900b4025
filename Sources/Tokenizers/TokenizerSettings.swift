import JSONText

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say. All are
/// optional, as are all their keys.
struct TokenizerSettings {
    /// Tokens outside the vocabulary or matched as written, with their ids.
    private var addedTokens: [String: Int] = [:]
    private(set) var maximumLength: Int?
    private var names: [String: String] = [:]
    private var flags: [String: Bool] = [:]

    private static let nameKeys = [
        "unk_token", "cls_token", "sep_token", "bos_token", "eos_token", "mask_token", "pad_token",
    ]
    private static let flagKeys = ["do_lower_case", "strip_accents", "tokenize_chinese_chars"]

    init(directory: String) throws {
        if let map = try Self.object(directory + "/special_tokens_map.json") { readNames(map) }
        let path = directory + "/tokenizer_config.json"
        if let config = try Self.object(path) {
            readNames(config)
            for key in Self.flagKeys { flags[key] = config[key]?.bool }
            if let length = config["model_max_length"]?.number, length >= 2, length < 1e6 {
                maximumLength = Int(length)
            }
            for (id, token) in config["added_tokens_decoder"]?.object ?? [:] {
                guard let id = Int(id), let content = token["content"]?.string else {
                    throw TokenizerError.missingField(path: path, field: "added_tokens_decoder")
                }
                try add(content, id: id, path: path)
            }
        }
        let added = directory + "/added_tokens.json"
        for (token, id) in try Self.object(added)?.object ?? [:] {
            guard let id = id.integer else {
                throw TokenizerError.idOutOfRange(path: added, token: token)
            }
            try add(token, id: id, path: added)
        }
    }

    private static func object(_ path: String) throws -> JSONValue? {
        guard TokenizerFile.exists(path) else { return nil }
        return try TokenizerFile.scan(path) { try JSONValue(&$0) }
    }

    private mutating func add(_ token: String, id: Int, path: String) throws(TokenizerError) {
        guard (0...Vocabulary.idLimit).contains(id) else {
            throw .idOutOfRange(path: path, token: token)
        }
        addedTokens[token] = id
    }

    /// A name is a string, or an object that describes the token.
    private mutating func readNames(_ value: JSONValue) {
        for key in Self.nameKeys {
            if let name = value[key]?.string ?? value[key]?["content"]?.string {
                names[key] = name
            }
        }
    }

    var decidesCase: Bool { flags["do_lower_case"] != nil }

    /// The named special tokens that are found in the vocabulary, matched as written. Where no file
    /// names them, BERT's are meant: no other vocabulary holds them.
    func specialTokens(in vocabulary: Vocabulary) -> [String: Int] {
        var tokens = addedTokens
        let standard = [names["mask_token"] ?? "[MASK]", names["pad_token"] ?? "[PAD]"]
        for name in names.values + standard where tokens[name] == nil {
            tokens[name] = vocabulary.id(of: name)
        }
        return tokens
    }

    func applied(to options: WordPieceTokenizer.Options) -> WordPieceTokenizer.Options {
        var options = options
        options.unknownToken = names["unk_token"] ?? options.unknownToken
        options.startToken = names["cls_token"] ?? options.startToken
        options.endToken = names["sep_token"] ?? options.endToken
        options.lowercases = flags["do_lower_case"] ?? options.lowercases
        options.stripsAccents = flags["strip_accents"] ?? options.stripsAccents
        options.separatesChineseCharacters =
            flags["tokenize_chinese_chars"] ?? options.separatesChineseCharacters
        return options
    }

    func applied(to names: CLIPTokenizer.SpecialNames) -> CLIPTokenizer.SpecialNames {
        CLIPTokenizer.SpecialNames(
            start: self.names["bos_token"] ?? names.start,
            end: self.names["eos_token"] ?? names.end,
            unknown: self.names["unk_token"] ?? names.unknown)
    }
}
