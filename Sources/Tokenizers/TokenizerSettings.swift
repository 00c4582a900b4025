internal import JSONText

/// What `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json` and the
/// `model_type` of `config.json` say. All are optional, as are all their keys.
struct TokenizerSettings {
    /// Tokens outside the vocabulary or matched as written, with their ids, ids ascending.
    private(set) var addedTokens: [(token: AddedToken, id: Int)] = []
    private(set) var maximumLength: Int?
    /// As in `RobertaTokenizer` or `RobertaTokenizerFast`.
    private(set) var className: String?
    /// As in `roberta`.
    private(set) var modelType: String?
    private var names: [String: AddedToken] = [:]
    private var flags: [String: Bool] = [:]
    private var padsLeft = false
    /// Where the files name a side.
    private var truncatedSide: TextSide?
    /// Of T5.
    private(set) var extraIDCount: Int?

    private static let nameKeys = [
        "unk_token", "cls_token", "sep_token", "bos_token", "eos_token", "mask_token", "pad_token",
    ]
    private static let flagKeys = [
        "do_lower_case", "strip_accents", "tokenize_chinese_chars", "add_prefix_space",
        "add_bos_token", "add_eos_token", "legacy",
    ]

    init(directory: String) throws {
        if let map = try Self.object(directory + "/special_tokens_map.json") { readNames(map) }
        let path = directory + "/tokenizer_config.json"
        if let config = try Self.object(path) {
            readNames(config)
            className = config["tokenizer_class"]?.string
            padsLeft = config["padding_side"]?.string == "left"
            truncatedSide = config["truncation_side"]?.string.flatMap(TextSide.init)
            if let count = config["extra_ids"]?.integer {
                guard (0...Self.extraIDLimit).contains(count) else {
                    throw TokenizerError.missingField(path: path, field: "extra_ids")
                }
                extraIDCount = count
            }
            for key in Self.flagKeys { flags[key] = config[key]?.bool }
            if let length = config["model_max_length"]?.number, length >= 2, length < 1e6 {
                maximumLength = Int(length)
            }
            for (id, token) in config["added_tokens_decoder"]?.object ?? [:] {
                guard let id = Int(id), let content = token["content"]?.string else {
                    throw TokenizerError.missingField(path: path, field: "added_tokens_decoder")
                }
                try add(AddedToken(token, content: content), id: id, path: path)
            }
        }
        let added = directory + "/added_tokens.json"
        for (token, id) in try Self.object(added)?.object ?? [:] {
            guard let id = id.integer else {
                throw TokenizerError.idOutOfRange(path: added, token: token)
            }
            try add(AddedToken(content: token), id: id, path: added)
        }
        modelType = try Self.object(directory + "/config.json")?["model_type"]?.string
        addedTokens.sort { $0.id < $1.id }
    }

    private static func object(_ path: String) throws -> JSONValue? {
        guard TokenizerFile.exists(path) else { return nil }
        return try TokenizerFile.scan(path) { try JSONValue(&$0) }
    }

    private mutating func add(
        _ token: AddedToken, id: Int, path: String
    ) throws(TokenizerError) {
        guard (0...Vocabulary.idLimit).contains(id) else {
            throw .idOutOfRange(path: path, token: token.content)
        }
        addedTokens.removeAll { $0.token.content == token.content }
        addedTokens.append((token, id))
    }

    /// A name is a string, or an object that describes the token.
    private mutating func readNames(_ value: JSONValue) {
        for key in Self.nameKeys {
            if let name = value[key]?.string {
                names[key] = AddedToken(content: name)
            } else if let token = value[key], let name = token["content"]?.string {
                names[key] = AddedToken(token, content: name)
            }
        }
    }

    func name(_ key: String) -> String? { names[key]?.content }

    /// The named special tokens: as the files describe them, or else by the given names.
    func specialTokens(
        standard: [(key: String, token: AddedToken)]
    ) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for (key, token) in standard {
            let token = names[key] ?? token
            if !tokens.contains(where: { $0.content == token.content }) { tokens.append(token) }
        }
        return tokens
    }

    /// What the small file says of BERT's normaliser goes before what the big one says.
    func applied(to bert: BERTNormalizer) -> BERTNormalizer {
        var bert = bert
        bert.lowercases = flags["do_lower_case"] ?? bert.lowercases
        bert.stripsAccents = flags["strip_accents"] ?? bert.stripsAccents
        bert.separatesChineseCharacters =
            flags["tokenize_chinese_chars"] ?? bert.separatesChineseCharacters
        return bert
    }

    private static let extraIDLimit = 10_000

    func flag(_ key: String) -> Bool? { flags[key] }
    var addsPrefixSpace: Bool? { flags["add_prefix_space"] }

    /// The same of a whole tokenizer: settings beside `tokenizer.json` go before it.
    func apply(to parts: inout TokenizerPipeline.Parts) {
        if case .bert(let bert) = parts.normalizer { parts.normalizer = .bert(applied(to: bert)) }
        if case .byteLevel(_, let usesPattern) = parts.preTokenizer, let addsPrefixSpace {
            parts.preTokenizer = .byteLevel(
                addsPrefixSpace: addsPrefixSpace, usesPattern: usesPattern)
        }
        for (token, _) in addedTokens
        where !parts.addedTokens.contains(where: { $0.content == token.content }) {
            parts.addedTokens.append(token)
        }
        if parts.padding == nil { parts.padding = padding(in: parts.model.vocabulary) }
        applySide(to: &parts)
    }

    func applySide(to parts: inout TokenizerPipeline.Parts) {
        parts.truncatedSide = truncatedSide ?? parts.truncatedSide
    }

    /// What the small files say of padding; nil when they name no token for it.
    func padding(in vocabulary: Vocabulary) -> Padding? {
        guard let name = name("pad_token"),
            let id = vocabulary.id(of: name)
                ?? addedTokens.first(where: {
                    $0.token.content == name
                })?.id
        else { return nil }
        var padding = Padding()
        padding.token = name
        padding.id = id
        padding.side = padsLeft ? .left : .right
        return padding
    }
}
