/// Tokenizers of model folders that have SentencePiece's own file and no `tokenizer.json`: what
/// Python's transformers make of them, class by class.
enum SentencePieceTokenizer {
    /// What is around the pieces; `allCases` in the order in which files are looked for.
    enum Kind: CaseIterable {
        case llama, t5, xlmRoberta

        /// The file that models of this kind come with.
        var fileName: String {
            switch self {
            case .llama: "tokenizer.model"
            case .t5: "spiece.model"
            case .xlmRoberta: "sentencepiece.bpe.model"
            }
        }

        /// As tokenizer_config.json names it, without `Fast`.
        var className: String {
            switch self {
            case .llama: "LlamaTokenizer"
            case .t5: "T5Tokenizer"
            case .xlmRoberta: "XLMRobertaTokenizer"
            }
        }

        var modelTypes: [String] {
            switch self {
            case .llama: ["llama", "mistral"]
            case .t5: ["t5", "mt5", "umt5"]
            case .xlmRoberta: ["xlm-roberta", "xlm-roberta-xl"]
            }
        }
    }

    /// - Parameter usual: what the file's name stands for, where nothing says more.
    static func parts(
        path: String, _ usual: Kind, _ settings: TokenizerSettings
    ) throws -> TokenizerPipeline.Parts {
        let kind = try kind(path: path, usual, settings)
        let file = try SentencePieceFile(path: path)
        var parts =
            switch kind {
            case .llama: try llama(file, settings)
            case .t5: try t5(file, settings)
            case .xlmRoberta: try xlmRoberta(file, settings)
            }
        // Both are found in the text as written; the ids are the vocabulary's.
        for piece in file.pieces where piece.kind == .control || piece.kind == .userDefined {
            let isThere = parts.addedTokens.contains {
                $0.content.utf8.elementsEqual(piece.text.utf8)
            }
            guard !isThere else { continue }
            parts.addedTokens.append(
                AddedToken(content: piece.text, isSpecial: piece.kind == .control))
        }
        OlderTokenizerFiles.finish(&parts, settings)
        return parts
    }

    private static func kind(
        path: String, _ usual: Kind, _ settings: TokenizerSettings
    ) throws(TokenizerError) -> Kind {
        if let name = settings.className, !name.hasPrefix("PreTrainedTokenizer") {
            guard let kind = Kind.allCases.first(where: { name.hasPrefix($0.className) }) else {
                throw .unsupported(
                    path: path, part: "tokenizer_class beside it", found: name,
                    supported: Kind.allCases.map(\.className))
            }
            return kind
        }
        guard let type = settings.modelType else { return usual }
        guard let kind = Kind.allCases.first(where: { $0.modelTypes.contains(type) }) else {
            throw .unsupported(
                path: path, part: "model_type beside it", found: type,
                supported: Kind.allCases.flatMap(\.modelTypes))
        }
        return kind
    }

    // MARK: The kinds

    /// Byte pairs over whole texts with `▁` for spaces, and bytes for unknown characters.
    private static func llama(
        _ file: SentencePieceFile, _ settings: TokenizerSettings
    ) throws(TokenizerError) -> TokenizerPipeline.Parts {
        guard file.modelKind == .bytePair else { throw wrongModel(file, expected: "byte pairs") }
        let vocabulary = vocabulary(file.pieces.map(\.text))
        var options = BytePairModel.Options()
        options.fusesUnknown = true
        options.fallsBackToBytes = true
        var parts = TokenizerPipeline.Parts(
            model: .bytePair(
                BytePairModel(
                    vocabulary: vocabulary, merges: merges(file.pieces, vocabulary),
                    options: options)))
        var metaspace = Metaspace()
        metaspace.splits = false
        metaspace.prependScheme =
            settings.addsPrefixSpace == false
            ? .never : settings.flag("legacy") == true ? .always : .first
        parts.preTokenizer = .metaspace(metaspace)
        func special(_ key: String, _ standard: String) throws(TokenizerError)
            -> PostProcessor.Special
        {
            try OlderTokenizerFiles.special(
                settings.name(key) ?? standard, in: vocabulary, settings, path: file.path)
        }
        var start: PostProcessor.Special?
        var end: PostProcessor.Special?
        if settings.flag("add_bos_token") == true { start = try special("bos_token", "<s>") }
        if settings.flag("add_eos_token") == true { end = try special("eos_token", "</s>") }
        func around(_ text: PostProcessor.Piece, segment: Int) -> [PostProcessor.Piece] {
            [start?.piece(segment: segment), text, end?.piece(segment: segment)].compactMap { $0 }
        }
        let single = around(.first(segment: 0), segment: 0)
        parts.postProcessor = PostProcessor(
            single: single, pair: single + around(.second(segment: 1), segment: 1))
        parts.addedTokens = settings.specialTokens(
            standard: [
                ("unk_token", AddedToken(content: "<unk>")),
                ("bos_token", AddedToken(content: "<s>")),
                ("eos_token", AddedToken(content: "</s>")),
            ])
        return parts
    }

    /// Unigram, `</s>` behind every text, and places to be filled in at the vocabulary's end.
    private static func t5(
        _ file: SentencePieceFile, _ settings: TokenizerSettings
    ) throws(TokenizerError) -> TokenizerPipeline.Parts {
        let extra = (0..<(settings.extraIDCount ?? 100)).reversed().map { "<extra_id_\($0)>" }
        let standard = [
            ("pad_token", AddedToken(content: "<pad>")),
            ("eos_token", AddedToken(content: "</s>")),
            ("unk_token", AddedToken(content: "<unk>")),
        ]
        var parts = try unigram(
            file, before: [], file.pieces[...], after: extra, unknownID: 2)
        let end = try OlderTokenizerFiles.special(
            settings.name("eos_token") ?? "</s>", in: parts.model.vocabulary, settings,
            path: file.path
        ).piece(segment: 0)
        parts.postProcessor = PostProcessor(
            single: [.first(segment: 0), end],
            pair: [.first(segment: 0), end, .second(segment: 0), end])
        parts.addedTokens =
            settings.specialTokens(standard: standard) + extra.map { AddedToken(content: $0) }
        return parts
    }

    /// Unigram with fairseq's four special tokens in place of the file's first three.
    private static func xlmRoberta(
        _ file: SentencePieceFile, _ settings: TokenizerSettings
    ) throws(TokenizerError) -> TokenizerPipeline.Parts {
        let keys = ["bos_token", "pad_token", "eos_token", "unk_token"]
        let names = zip(keys, ["<s>", "<pad>", "</s>", "<unk>"]).map { settings.name($0) ?? $1 }
        let mask = settings.name("mask_token") ?? "<mask>"
        var parts = try unigram(
            file, before: names, file.pieces.dropFirst(3), after: [mask], unknownID: 3)
        parts.postProcessor = .roberta(
            start: PostProcessor.Special(token: names[0], id: 0),
            end: PostProcessor.Special(token: names[2], id: 2))
        parts.addedTokens = settings.specialTokens(
            standard: zip(keys + ["mask_token"], names + [mask]).map {
                ($0, AddedToken(content: $1))
            })
        return parts
    }

    // MARK: What they share

    /// - Parameters:
    ///   - before: tokens with the first ids, all as likely as can be.
    ///   - after: the same with the last.
    private static func unigram(
        _ file: SentencePieceFile, before: [String], _ pieces: ArraySlice<SentencePieceFile.Piece>,
        after: [String], unknownID: Int32
    ) throws(TokenizerError) -> TokenizerPipeline.Parts {
        guard file.modelKind == .unigram else { throw wrongModel(file, expected: "Unigram") }
        let vocabulary = vocabulary(before + pieces.map(\.text) + after)
        guard Int(unknownID) < vocabulary.idEnd else {
            throw .malformedSentencePiece(path: file.path, reason: "it has too few pieces")
        }
        let zeros = { (names: [String]) in names.map { _ in 0.0 } }
        var parts = TokenizerPipeline.Parts(
            model: .unigram(
                UnigramModel(
                    vocabulary: vocabulary,
                    scores: zeros(before) + pieces.map { Double($0.score) } + zeros(after),
                    unknownID: unknownID, fallsBackToBytes: false)))
        if !file.characterMap.isEmpty {
            do {
                parts.normalizer = .precompiled(try CharacterMap(file.characterMap))
            } catch {
                throw .malformedPart(
                    path: file.path, part: "precompiled_charsmap", reason: error.reason)
            }
        }
        parts.preTokenizer = .sequence([.whitespaceSplit, .metaspace(Metaspace())])
        return parts
    }

    private static func wrongModel(
        _ file: SentencePieceFile, expected: String
    ) -> TokenizerError {
        .malformedPart(
            path: file.path, part: "model",
            reason: "it is of the kind \(file.modelKind); this kind of tokenizer has \(expected)")
    }

    /// Of tokens that a kind adds to pieces of the same name the last counts.
    private static func vocabulary(_ tokens: [String]) -> Vocabulary {
        var vocabulary = Vocabulary(capacity: tokens.count)
        for (id, token) in tokens.enumerated() { vocabulary.insert(token, id: id) }
        return vocabulary
    }

    /// Every way to make a piece of two others, those first whose piece comes first in the file.
    private static func merges(
        _ pieces: [SentencePieceFile.Piece], _ vocabulary: Vocabulary
    ) -> MergeTable {
        var found: [(left: Int32, right: Int32, whole: Int32)] = []
        for (id, piece) in pieces.enumerated() {
            Array(piece.text.utf8).withUnsafeBufferPointer { text in
                vocabulary.table.visitPrefixes(of: text) { length, left in
                    guard length < text.count else { return false }
                    let rest = UTF8Text.rebased(text, length..<text.count)
                    if let right = vocabulary.table.value(of: rest) {
                        found.append((left, right, Int32(id)))
                    }
                    return true
                }
            }
        }
        var table = MergeTable(capacity: max(1, found.count))
        for (rank, merge) in found.enumerated() {
            table.insert(
                merge.left, merge.right, MergeTable.Merge(rank: Int32(rank), id: merge.whole))
        }
        return table
    }
}
