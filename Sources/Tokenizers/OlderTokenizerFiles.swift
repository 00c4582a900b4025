internal import JSONText
internal import UnicodeText

/// The files before `tokenizer.json`: a vocabulary, and what the kind of the tokenizer implies.
enum OlderTokenizerFiles {
    // MARK: vocab.txt

    /// BERT's WordPiece, and MPNet's, which has other names for its special tokens.
    static func wordPiece(
        path: String, _ settings: TokenizerSettings
    ) throws -> TokenizerPipeline.Parts {
        let vocabulary = try TokenizerFile.read(path).withUnsafeBytes {
            try Vocabulary(lines: $0, path: path)
        }
        let isMPNet =
            settings.modelType == "mpnet" || settings.className?.hasPrefix("MPNet") == true
        let names =
            isMPNet
            ? ["unk_token": "[UNK]", "cls_token": "<s>", "sep_token": "</s>"]
            : ["unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"]
        func special(_ key: String) throws -> PostProcessor.Special {
            let name = settings.name(key) ?? names[key] ?? ""
            return try Self.special(name, in: vocabulary, settings, path: path)
        }
        let start = try special("cls_token")
        let end = try special("sep_token")
        let unknown = try special("unk_token")
        var parts = TokenizerPipeline.Parts(
            model: .wordPiece(
                WordPieceModel(
                    vocabulary: vocabulary, unknownID: Int32(unknown.id),
                    continuationPrefix: "##", maximumWordLength: 100)))
        parts.normalizer = .bert(settings.applied(to: BERTNormalizer()))
        parts.preTokenizer = .bert
        var processor = PostProcessor.bert(start: start, end: end)
        if isMPNet { processor.pair.insert(end.piece(segment: 0), at: 3) }
        parts.postProcessor = processor
        let standard = [
            ("unk_token", unknown.token), ("cls_token", start.token), ("sep_token", end.token),
            ("mask_token", isMPNet ? "<mask>" : "[MASK]"),
            ("pad_token", isMPNet ? "<pad>" : "[PAD]"),
        ]
        parts.addedTokens = settings.specialTokens(
            standard: standard.map { ($0.0, AddedToken(content: $0.1)) })
        finish(&parts, settings)
        return parts
    }

    // MARK: vocab.json and merges.txt

    private enum BytePairKind: String, CaseIterable {
        case clip = "CLIP"
        case gpt2 = "GPT2"
        case roberta = "Roberta"
        case qwen2 = "Qwen2"

        var modelTypes: [String] {
            switch self {
            case .clip: ["clip", "clip_text_model"]
            case .gpt2: ["gpt2"]
            case .roberta: ["roberta", "longformer", "bart"]
            case .qwen2: ["qwen2", "qwen3"]
            }
        }

        /// The kind that the files name, or else that the vocabulary looks like.
        init(
            _ vocabulary: Vocabulary, _ settings: TokenizerSettings, path: String
        ) throws(TokenizerError) {
            if let name = settings.className, !name.hasPrefix("PreTrainedTokenizer") {
                let kind = Self.allCases.first { name.hasPrefix($0.rawValue) }
                guard let kind else {
                    throw .unsupported(
                        path: path, part: "tokenizer_class beside it", found: name,
                        supported: Self.allCases.map { $0.rawValue + "Tokenizer" })
                }
                self = kind
            } else if let type = settings.modelType,
                let kind = Self.allCases.first(where: { $0.modelTypes.contains(type) })
            {
                self = kind
            } else if VisibleBytes.characters.contains(where: { character in
                (character + Array("</w>".utf8)).withUnsafeBufferPointer {
                    vocabulary.table.value(of: $0) != nil
                }
            }) {
                self = .clip
            } else {
                self = vocabulary.id(of: "<s>") == nil ? .gpt2 : .roberta
            }
        }
    }

    static func bytePairs(
        vocabularyPath: String, mergesPath: String, _ settings: TokenizerSettings
    ) throws -> TokenizerPipeline.Parts {
        let vocabulary = try TokenizerFile.scan(vocabularyPath) { scanner in
            try Vocabulary(&scanner, path: vocabularyPath, capacity: 50_000)
        }
        let merges = try TokenizerFile.read(mergesPath).withUnsafeBytes { bytes in
            try MergeList(lines: bytes, path: mergesPath)
        }
        let table = try merges.table(for: vocabulary, prefixLength: 0, path: mergesPath)
        let kind = try BytePairKind(vocabulary, settings, path: vocabularyPath)
        func special(_ key: String, _ standard: String) throws -> PostProcessor.Special {
            try Self.special(
                settings.name(key) ?? standard, in: vocabulary, settings, path: vocabularyPath)
        }
        var options = BytePairModel.Options()
        var parts: TokenizerPipeline.Parts
        func made() -> TokenizerPipeline.Parts {
            TokenizerPipeline.Parts(
                model: .bytePair(
                    BytePairModel(vocabulary: vocabulary, merges: table, options: options)))
        }
        let bytes = PreTokenizer.byteLevel(
            addsPrefixSpace: settings.addsPrefixSpace ?? false, usesPattern: true)
        var standard: [(String, AddedToken)] = []
        switch kind {
        case .clip:
            let start = try special("bos_token", "<|startoftext|>")
            let end = try special("eos_token", "<|endoftext|>")
            let unknown = try special("unk_token", end.token)
            options.unknownID = Int32(unknown.id)
            options.endOfWordSuffix = Array("</w>".utf8)
            parts = made()
            parts.normalizer = .sequence([
                .form(.nfc),
                .replace(
                    try .regularExpression(#"\s+"#, path: vocabularyPath), with: [0x20]),
                .lowercase,
            ])
            parts.preTokenizer = .sequence([
                .split(.words(.clip), .removed, isInverted: true),
                .byteLevel(addsPrefixSpace: false, usesPattern: true),
            ])
            parts.postProcessor = .roberta(start: start, end: end)
            standard = [start.token, end.token, unknown.token].map { ("", AddedToken(content: $0)) }
        case .roberta:
            let start = try special("cls_token", "<s>")
            let end = try special("sep_token", "</s>")
            options.unknownID = settings.name("unk_token").flatMap(vocabulary.id).map(Int32.init)
            parts = made()
            parts.preTokenizer = bytes
            parts.postProcessor = .roberta(start: start, end: end)
            let mask = AddedToken(content: "<mask>", stripsLeft: true)
            standard =
                ["<s>", "<pad>", "</s>", "<unk>"].map { ("", AddedToken(content: $0)) }
                + [("", mask)]
        case .gpt2:
            parts = made()
            parts.preTokenizer = bytes
            standard = [("eos_token", AddedToken(content: "<|endoftext|>"))]
        case .qwen2:
            parts = made()
            parts.normalizer = .form(.nfc)
            parts.preTokenizer = .sequence([
                .split(.words(.qwen), .isolated, isInverted: false),
                .byteLevel(addsPrefixSpace: false, usesPattern: false),
            ])
            standard = [("eos_token", AddedToken(content: "<|endoftext|>"))]
        }
        parts.addedTokens = settings.specialTokens(standard: standard)
        finish(&parts, settings)
        return parts
    }

    // MARK: Both

    static func special(
        _ name: String, in vocabulary: Vocabulary, _ settings: TokenizerSettings, path: String
    ) throws(TokenizerError) -> PostProcessor.Special {
        let added = settings.addedTokens.first { $0.token.content == name }
        guard let id = vocabulary.id(of: name) ?? added?.id else {
            throw .missingSpecialToken(path: path, token: name)
        }
        return PostProcessor.Special(token: name, id: id)
    }

    /// Of the special tokens those that the vocabulary has, then those that the files add.
    static func finish(
        _ parts: inout TokenizerPipeline.Parts, _ settings: TokenizerSettings
    ) {
        let vocabulary = parts.model.vocabulary
        let added = settings.addedTokens.map(\.token)
        parts.addedTokens.removeAll { token in
            vocabulary.id(of: token.content) == nil
                || added.contains { $0.content == token.content }
        }
        parts.addedTokens += added
        parts.padding = settings.padding(in: vocabulary)
        settings.applySide(to: &parts)
    }
}
