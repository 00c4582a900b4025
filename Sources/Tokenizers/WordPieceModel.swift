/// Words in the longest pieces that the vocabulary has, from the left (Wu et al. 2016).
struct WordPieceModel: Sendable {
    let vocabulary: Vocabulary
    private let unknownID: Int32
    /// The tokens that continue a word, without their prefix.
    private let continuations: TokenTable
    /// In Unicode scalars; a longer word is unknown.
    private let maximumWordLength: Int

    init(
        vocabulary: Vocabulary, unknownID: Int32, continuationPrefix: String,
        maximumWordLength: Int
    ) {
        continuations = vocabulary.tokens(after: Array(continuationPrefix.utf8))
        self.vocabulary = vocabulary
        self.unknownID = unknownID
        self.maximumWordLength = maximumWordLength
    }

    /// A word with a piece that the vocabulary lacks is unknown as a whole.
    func append(_ word: UTF8Text.Bytes, to tokens: inout TokenList) {
        if word.count > maximumWordLength, UTF8Text.scalarCount(word) > maximumWordLength {
            tokens.append(unknownID)
            return
        }
        let count = tokens.ids.count
        var start = 0
        while start < word.count {
            let table = start == 0 ? vocabulary.table : continuations
            guard
                let found = table.longestPrefix(of: UTF8Text.rebased(word, start..<word.count))
            else {
                tokens.ids.removeSubrange(count...)
                tokens.append(unknownID)
                return
            }
            tokens.append(found.value)
            start += found.length
        }
    }
}
