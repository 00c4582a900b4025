/// BERT's tokenizer: words are cut at spaces and punctuation, then each into the longest pieces the
/// vocabulary has, from the left (Wu et al. 2016, as in Devlin et al. 2018).
package struct WordPieceTokenizer: Tokenizer {
    /// What a BERT model's files say about its tokenizer, with the original's values as defaults.
    package struct Options: Sendable, Equatable {
        package var lowercases = true
        /// Nil: as `lowercases`.
        package var stripsAccents: Bool?
        /// Puts spaces around Chinese characters, so that each is a word.
        package var separatesChineseCharacters = true
        package var cleansText = true
        package var unknownToken = "[UNK]"
        package var startToken = "[CLS]"
        package var endToken = "[SEP]"
        package var continuationPrefix = "##"
        /// In Unicode scalars; a longer word becomes the unknown token.
        package var maximumWordLength = 100

        package init() {}
    }

    package let startID: Int
    package let endID: Int
    private let unknownID: Int
    private let vocabulary: Vocabulary
    /// The tokens that continue a word, without their prefix.
    private let continuations: TokenTable
    private let specials: SpecialTokens
    private let normalizer: BERTNormalizer
    private let maximumWordLength: Int

    /// `specialTokens` besides the three the options name; `path` for errors.
    init(
        vocabulary: Vocabulary, specialTokens: [String: Int], options: Options, path: String
    ) throws(TokenizerError) {
        func id(_ token: String) throws(TokenizerError) -> Int {
            guard let id = specialTokens[token] ?? vocabulary.id(of: token) else {
                throw .missingSpecialToken(path: path, token: token)
            }
            return id
        }
        startID = try id(options.startToken)
        endID = try id(options.endToken)
        unknownID = try id(options.unknownToken)
        var specials = specialTokens
        specials[options.startToken] = startID
        specials[options.endToken] = endID
        specials[options.unknownToken] = unknownID
        self.specials = SpecialTokens(specials)
        normalizer = BERTNormalizer(options)
        maximumWordLength = options.maximumWordLength

        let prefix = Array(options.continuationPrefix.utf8)
        var continuations = TokenTable(capacity: vocabulary.count / 4)
        vocabulary.visitTokens { token, id in
            guard token.count > prefix.count, token.starts(with: prefix) else { return }
            token.dropFirst(prefix.count).withUnsafeBufferPointer { rest in
                _ = continuations.insert(rest, value: Int32(id))
            }
        }
        self.vocabulary = vocabulary
        self.continuations = continuations
    }

    package func token(for id: Int) -> String? { vocabulary.token(for: id) }

    package func encode(_ text: String, maximumLength: Int) -> Encoding {
        var collector = IDCollector(
            startID: startID, endID: endID, maximumLength: maximumLength)
        specials.split(text) { stretch in
            normalizer.normalized(stretch).withUnsafeBufferPointer { bytes in
                append(bytes, to: &collector)
            }
        } special: { id in
            collector.append(id)
        }
        return collector.encoding()
    }

    /// Cuts normalised text at spaces (dropped) and punctuation (each mark a word of its own).
    private func append(
        _ bytes: UnsafeBufferPointer<UInt8>, to collector: inout IDCollector
    ) -> Bool {
        var wordStart = 0
        var position = 0
        while position < bytes.count {
            let (scalar, length) = UTF8Text.scalar(at: position, in: bytes)
            let end = position + length
            switch BERTNormalizer.kind(of: scalar) {
            case .letter: break
            case .space, .punctuation:
                if wordStart < position,
                    !appendWord(rebased(bytes, wordStart..<position), to: &collector)
                {
                    return false
                }
                if BERTNormalizer.kind(of: scalar) == .punctuation,
                    !appendWord(rebased(bytes, position..<end), to: &collector)
                {
                    return false
                }
                wordStart = end
            }
            position = end
        }
        guard wordStart < bytes.count else { return true }
        return appendWord(rebased(bytes, wordStart..<bytes.count), to: &collector)
    }

    /// Greedy longest match. A word with a piece the vocabulary lacks is unknown as a whole.
    private func appendWord(
        _ word: UnsafeBufferPointer<UInt8>, to collector: inout IDCollector
    ) -> Bool {
        if word.count > maximumWordLength,
            UTF8Text.scalarCount(word) > maximumWordLength
        {
            return collector.append(unknownID)
        }
        var pieces: [Int] = []
        var start = 0
        while start < word.count {
            let table = start == 0 ? vocabulary.table : continuations
            var end = min(word.count, start + table.longest)
            var found: Int32?
            while end > start {
                if end == word.count || !UTF8Text.isContinuation(word[end]) {
                    found = table.value(of: rebased(word, start..<end))
                    if found != nil { break }
                }
                end -= 1
            }
            guard let found else { return collector.append(unknownID) }
            pieces.append(Int(found))
            start = end
        }
        for piece in pieces where !collector.append(piece) { return false }
        return true
    }

    private func rebased(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[range])
    }
}
