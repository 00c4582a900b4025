internal import Foundation
internal import JSONText
internal import UnicodeText

/// Reads the small parts of `tokenizer.json`. What is of an unknown kind is named in the error.
struct ComponentReader {
    let path: String

    /// Sequences inside each other.
    private static let depthLimit = 16

    // MARK: Normalisers

    private static let normalizers = [
        "BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt",
        "Precompiled", "Prepend", "Replace", "Sequence", "Strip", "StripAccents",
    ]

    func normalizer(_ value: JSONValue, depth: Int = 0) throws(TokenizerError) -> Normalizer? {
        guard value != .null else { return nil }
        let type = try type(of: value, part: "normalizer", depth: depth)
        switch type {
        case "Bert", "BertNormalizer":
            var bert = BERTNormalizer()
            bert.lowercases = value["lowercase"]?.bool ?? bert.lowercases
            bert.stripsAccents = value["strip_accents"]?.bool
            bert.separatesChineseCharacters =
                value["handle_chinese_chars"]?.bool ?? bert.separatesChineseCharacters
            bert.cleansText = value["clean_text"]?.bool ?? bert.cleansText
            return .bert(bert)
        case "NFC": return .form(.nfc)
        case "NFD": return .form(.nfd)
        case "NFKC": return .form(.nfkc)
        case "NFKD": return .form(.nfkd)
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "Nmt": return .nmt
        case "ByteLevel": return .byteLevel
        case "Strip":
            return .strip(
                left: value["strip_left"]?.bool ?? true, right: value["strip_right"]?.bool ?? true)
        case "Prepend":
            let text = try string(value["prepend"], "normalizer.prepend")
            return .prepend(Array(text.utf8))
        case "Replace":
            return .replace(
                try pattern(value["pattern"], part: "normalizer.pattern"),
                with: Array(try string(value["content"], "normalizer.content").utf8))
        case "Precompiled": return .precompiled(try characterMap(value))
        case "Sequence":
            var steps: [Normalizer] = []
            for step in try list(value["normalizers"], "normalizer.normalizers") {
                if let step = try normalizer(step, depth: depth + 1) { steps.append(step) }
            }
            return .sequence(steps)
        default:
            throw .unsupported(
                path: path, part: "normalizer", found: type, supported: Self.normalizers)
        }
    }

    private func characterMap(_ value: JSONValue) throws(TokenizerError) -> CharacterMap {
        let field = "normalizer.precompiled_charsmap"
        guard let data = Data(base64Encoded: try string(value["precompiled_charsmap"], field))
        else { throw .malformedPart(path: path, part: field, reason: "it is not base64") }
        do {
            return try CharacterMap(Array(data))
        } catch {
            throw .malformedPart(path: path, part: field, reason: error.reason)
        }
    }

    /// `{"String": …}` or `{"Regex": …}`
    private func pattern(
        _ value: JSONValue?, part: String
    ) throws(TokenizerError) -> TextPattern {
        if let text = value?["String"]?.string { return .literal(Array(text.utf8)) }
        guard let source = value?["Regex"]?.string else {
            throw .missingField(path: path, field: part)
        }
        do {
            return try .regularExpression(source, path: path)
        } catch {
            throw .malformedPart(path: path, part: part, reason: "\(error)")
        }
    }

    // MARK: Pre-tokenisers

    private static let preTokenizers = [
        "BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Digits", "FixedLength",
        "Metaspace", "Punctuation", "Sequence", "Split", "Whitespace", "WhitespaceSplit",
    ]

    func preTokenizer(_ value: JSONValue, depth: Int = 0) throws(TokenizerError) -> PreTokenizer? {
        guard value != .null else { return nil }
        let type = try type(of: value, part: "pre_tokenizer", depth: depth)
        switch type {
        case "BertPreTokenizer": return .bert
        case "Whitespace": return .whitespace
        case "WhitespaceSplit": return .whitespaceSplit
        case "ByteLevel":
            return .byteLevel(
                addsPrefixSpace: value["add_prefix_space"]?.bool ?? true,
                usesPattern: value["use_regex"]?.bool ?? true)
        case "Metaspace": return .metaspace(try metaspace(value))
        case "Split":
            return .split(
                try pattern(value["pattern"], part: "pre_tokenizer.pattern"),
                try behavior(value["behavior"]), isInverted: value["invert"]?.bool ?? false)
        case "Digits": return .digits(individually: value["individual_digits"]?.bool ?? false)
        case "Punctuation":
            return .punctuation(
                value["behavior"] == nil ? .isolated : try behavior(value["behavior"]))
        case "CharDelimiterSplit", "Delimiter":
            return .delimiter(try scalar(value["delimiter"], "pre_tokenizer.delimiter"))
        case "FixedLength":
            let length = value["length"] == nil ? 5 : value["length"]?.integer ?? 0
            guard length > 0 else {
                throw .missingField(path: path, field: "pre_tokenizer.length")
            }
            return .fixedLength(length)
        case "Sequence":
            var steps: [PreTokenizer] = []
            for step in try list(value["pretokenizers"], "pre_tokenizer.pretokenizers") {
                if let step = try preTokenizer(step, depth: depth + 1) { steps.append(step) }
            }
            return .sequence(steps)
        default:
            throw .unsupported(
                path: path, part: "pre_tokenizer", found: type, supported: Self.preTokenizers)
        }
    }

    private func metaspace(_ value: JSONValue) throws(TokenizerError) -> Metaspace {
        var metaspace = Metaspace()
        let sign = try scalar(value["replacement"], "pre_tokenizer.replacement")
        metaspace.replacement = Array(String(Character(sign)).utf8)
        if let name = value["prepend_scheme"]?.string {
            guard let scheme = Metaspace.PrependScheme(rawValue: name) else {
                throw .unsupported(
                    path: path, part: "pre_tokenizer.prepend_scheme", found: name,
                    supported: Metaspace.PrependScheme.allCases.map(\.rawValue))
            }
            metaspace.prependScheme = scheme
        }
        if value["add_prefix_space"]?.bool == false { metaspace.prependScheme = .never }
        metaspace.splits = value["split"]?.bool ?? true
        return metaspace
    }

    private func behavior(_ value: JSONValue?) throws(TokenizerError) -> SplitBehavior {
        let name = value?.string ?? "none"
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw .unsupported(
                path: path, part: "pre_tokenizer.behavior", found: name,
                supported: SplitBehavior.allCases.map(\.rawValue))
        }
        return behavior
    }

    // MARK: Post-processors

    private static let postProcessors = [
        "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
    ]

    func postProcessor(
        _ value: JSONValue, depth: Int = 0
    ) throws(TokenizerError) -> PostProcessor {
        guard value != .null else { return .none }
        let type = try type(of: value, part: "post_processor", depth: depth)
        switch type {
        case "ByteLevel": return .none  // moves only offsets, which are not kept
        case "BertProcessing":
            return .bert(start: try special(value, "cls"), end: try special(value, "sep"))
        case "RobertaProcessing":
            return .roberta(start: try special(value, "cls"), end: try special(value, "sep"))
        case "TemplateProcessing": return try template(value)
        case "Sequence":
            var found: PostProcessor?
            for step in try list(value["processors"], "post_processor.processors")
            where step["type"]?.string != "ByteLevel" {
                guard found == nil else {
                    throw .unsupported(
                        path: path, part: "post_processor", found: "Sequence of several",
                        supported: ["Sequence of one and ByteLevel"])
                }
                found = try postProcessor(step, depth: depth + 1)
            }
            return found ?? .none
        default:
            throw .unsupported(
                path: path, part: "post_processor", found: type, supported: Self.postProcessors)
        }
    }

    /// `["[SEP]", 102]`
    private func special(
        _ value: JSONValue, _ key: String
    ) throws(TokenizerError) -> PostProcessor.Special {
        guard let pair = value[key]?.array, pair.count == 2, let token = pair[0].string else {
            throw .missingField(path: path, field: "post_processor.\(key)")
        }
        return PostProcessor.Special(token: token, id: try id(pair[1], of: token))
    }

    private func template(_ value: JSONValue) throws(TokenizerError) -> PostProcessor {
        let specials = value["special_tokens"]?.object ?? [:]
        func pieces(_ key: String) throws(TokenizerError) -> [PostProcessor.Piece] {
            var pieces: [PostProcessor.Piece] = []
            for piece in try list(value[key], "post_processor.\(key)") {
                pieces.append(try templatePiece(piece, specials, field: "post_processor.\(key)"))
            }
            return pieces
        }
        let result = PostProcessor(single: try pieces("single"), pair: try pieces("pair"))
        let isWhole = result.single.allSatisfy {
            if case .second = $0 { false } else { true }
        }
        guard isWhole else {
            throw .malformedPart(
                path: path, part: "post_processor.single", reason: "it names a second text")
        }
        return result
    }

    private func templatePiece(
        _ value: JSONValue, _ specials: [String: JSONValue], field: String
    ) throws(TokenizerError) -> PostProcessor.Piece {
        let body = value["Sequence"] ?? value["SpecialToken"]
        guard let name = body?["id"]?.string, let segment = body?["type_id"]?.integer,
            (0...255).contains(segment)
        else { throw .missingField(path: path, field: field) }
        if value["Sequence"] != nil {
            switch name {
            case "A": return .first(segment: segment)
            case "B": return .second(segment: segment)
            default: throw .missingField(path: path, field: field)
            }
        }
        guard let special = specials[name], let ids = special["ids"]?.array else {
            throw .missingSpecialToken(path: path, token: name)
        }
        let tokens = special["tokens"]?.array?.compactMap(\.string) ?? []
        guard tokens.count == ids.count, !ids.isEmpty else {
            throw .malformedPart(
                path: path, part: "post_processor.special_tokens",
                reason: "\(name) has \(ids.count) ids and \(tokens.count) tokens")
        }
        var numbers: [Int] = []
        for value in ids { numbers.append(try id(value, of: name)) }
        return .special(ids: numbers, tokens: tokens, segment: segment)
    }

    // MARK: The rest

    func addedTokens(_ values: [JSONValue]) throws(TokenizerError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        var ids: Set<Int> = []
        for value in values {
            guard let content = value["content"]?.string, value["id"] != nil else {
                throw .missingField(path: path, field: "added_tokens")
            }
            let id = try id(value["id"] ?? .null, of: content)
            guard ids.insert(id).inserted else { throw .repeatedID(path: path, id: id) }
            tokens.append(AddedToken(value, content: content))
        }
        return tokens
    }

    /// The side that the file's `truncation` cuts on. Its length is the caller's affair, as to
    /// Python's transformers, and its `stride` is about what was cut off, which is not kept.
    func truncatedSide(_ value: JSONValue) throws(TokenizerError) -> TextSide {
        guard let name = value["direction"]?.string else { return .right }
        guard let side = TextSide(rawValue: name.lowercased()) else {
            throw .unsupported(
                path: path, part: "truncation.direction", found: name,
                supported: ["Left", "Right"])
        }
        return side
    }

    func padding(_ value: JSONValue) throws(TokenizerError) -> Padding? {
        guard value != .null else { return nil }
        var padding = Padding()
        if let fixed = value["strategy"]?["Fixed"] {
            guard let length = fixed.integer, (0...1 << 24).contains(length) else {
                throw .missingField(path: path, field: "padding.strategy")
            }
            padding.length = length
        }
        padding.side = value["direction"]?.string == "Left" ? .left : .right
        padding.multiple = min(max(1, value["pad_to_multiple_of"]?.integer ?? 1), 1 << 16)
        padding.token = value["pad_token"]?.string ?? padding.token
        padding.id =
            try value["pad_id"].map { value throws(TokenizerError) in
                try id(value, of: padding.token)
            } ?? 0
        padding.segment = value["pad_type_id"]?.integer ?? 0
        return padding
    }

    private func type(
        of value: JSONValue, part: String, depth: Int
    ) throws(TokenizerError) -> String {
        guard depth < Self.depthLimit else {
            throw .malformedPart(
                path: path, part: part,
                reason: "sequences are nested more than \(Self.depthLimit) deep")
        }
        return try string(value["type"], part + ".type")
    }

    private func string(_ value: JSONValue?, _ field: String) throws(TokenizerError) -> String {
        guard let string = value?.string else { throw .missingField(path: path, field: field) }
        return string
    }

    private func list(_ value: JSONValue?, _ field: String) throws(TokenizerError) -> [JSONValue] {
        guard let list = value?.array else { throw .missingField(path: path, field: field) }
        return list
    }

    private func scalar(
        _ value: JSONValue?, _ field: String
    ) throws(TokenizerError) -> Unicode.Scalar {
        let scalars = try string(value, field).unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first else {
            throw .missingField(path: path, field: field)
        }
        return scalar
    }

    private func id(_ value: JSONValue, of token: String) throws(TokenizerError) -> Int {
        guard let id = value.integer, (0...Vocabulary.idLimit).contains(id) else {
            throw .idOutOfRange(path: path, token: token)
        }
        return id
    }
}

extension AddedToken {
    /// As files describe one; what they leave out is as of a special token.
    init(_ value: JSONValue, content: String) {
        self.content = content
        isSingleWord = value["single_word"]?.bool ?? false
        stripsLeft = value["lstrip"]?.bool ?? false
        stripsRight = value["rstrip"]?.bool ?? false
        isNormalized = value["normalized"]?.bool ?? false
        isSpecial = value["special"]?.bool ?? true
    }
}
