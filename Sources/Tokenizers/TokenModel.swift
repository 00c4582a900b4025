/// How a word is spelled in tokens.
enum TokenModel: Sendable {
    case wordPiece(WordPieceModel)
    case bytePair(BytePairModel)
    case unigram(UnigramModel)
    case wordLevel(WordLevelModel)

    /// - Parameter isRaw: whether the word's bytes stand for GPT-2's visible characters.
    func append(
        _ word: UTF8Text.Bytes, isRaw: Bool, to tokens: inout TokenList, room: inout ModelRoom
    ) {
        guard isRaw else {
            appendSpelled(word, to: &tokens, room: &room)
            return
        }
        var spelled: [UInt8] = []
        swap(&spelled, &room.spelled)
        spelled.removeAll(keepingCapacity: true)
        VisibleBytes.append(word, to: &spelled)
        spelled.withUnsafeBufferPointer { appendSpelled($0, to: &tokens, room: &room) }
        swap(&spelled, &room.spelled)
    }

    private func appendSpelled(
        _ word: UTF8Text.Bytes, to tokens: inout TokenList, room: inout ModelRoom
    ) {
        switch self {
        case .wordPiece(let model): model.append(word, to: &tokens)
        case .unigram(let model): model.append(word, to: &tokens, room: &room)
        case .wordLevel(let model): model.append(word, to: &tokens)
        case .bytePair(let model): model.append(word, to: &tokens, room: &room)
        }
    }

    /// Whether a text comes out the same when it is cut before every run of `▁` first: then words that
    /// were met before need not be spelled again.
    var wordsBeginAtMetaspaces: Bool {
        guard case .bytePair(let model) = self else { return false }
        return model.wordsBeginAtMetaspaces
    }

    var vocabulary: Vocabulary {
        switch self {
        case .wordPiece(let model): model.vocabulary
        case .bytePair(let model): model.vocabulary
        case .unigram(let model): model.vocabulary
        case .wordLevel(let model): model.vocabulary
        }
    }

    static let supported = ["BPE", "Unigram", "WordLevel", "WordPiece"]
}

/// Tokens as they are found.
struct TokenList: Sendable {
    var ids: [Int] = []
    /// The text of tokens whose written form is not the vocabulary's: what an unknown token of
    /// Unigram, or an added token with the spaces beside it, stood for.
    var surfaces: [Int: [UInt8]]?
    /// For lists that the caller shows as text.
    static var withSurfaces: TokenList { TokenList(surfaces: [:]) }

    @inline(__always)
    mutating func append(_ id: Int32) { ids.append(Int(id)) }

    mutating func append(_ id: Int32, surface: @autoclosure () -> [UInt8]) {
        if surfaces != nil { surfaces?[ids.count] = surface() }
        ids.append(Int(id))
    }
}

/// Buffers that models work in, kept from word to word.
struct ModelRoom: Sendable {
    var spelled: [UInt8] = []
    var symbols = SymbolChain()
    var path: [UnigramModel.Step] = []
    var pieces: [Range<Int>] = []
}

/// Every word is one token or unknown.
struct WordLevelModel: Sendable {
    let vocabulary: Vocabulary
    let unknownID: Int32?

    func append(_ word: UTF8Text.Bytes, to tokens: inout TokenList) {
        if let id = vocabulary.table.value(of: word) ?? unknownID { tokens.append(id) }
    }
}
