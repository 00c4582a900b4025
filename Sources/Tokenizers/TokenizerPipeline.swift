internal import Synchronization
internal import UnicodeText

/// A tokenizer as `tokenizer.json` describes it: added tokens are cut out, the text between them is
/// normalised and cut into words, the model spells each word, special tokens go around.
struct TokenizerPipeline: Tokenizer {
    let model: TokenModel
    let normalizer: Normalizer?
    let preTokenizer: PreTokenizer?
    let postProcessor: PostProcessor
    let padding: Padding?
    /// Which end of a text that is too long is cut off, where nobody asks for another.
    private let truncatedSide: TextSide
    /// Found in the text as written, before all else.
    private let writtenTokens: AddedTokenMatcher
    /// Found in the normalised text.
    private let normalizedTokens: AddedTokenMatcher
    private let addedNames: [Int: String]
    private let rooms = RoomPool()

    /// What a tokenizer is made of.
    struct Parts {
        var model: TokenModel
        var normalizer: Normalizer?
        var preTokenizer: PreTokenizer?
        var postProcessor = PostProcessor.none
        var addedTokens: [AddedToken] = []
        var padding: Padding?
        var truncatedSide = TextSide.right
    }

    /// An added token has the vocabulary's id, or else the next that is free, as in the reference.
    init(_ parts: Parts) throws(TokenizerError) {
        model = parts.model
        normalizer = parts.normalizer
        preTokenizer = parts.preTokenizer
        postProcessor = parts.postProcessor
        padding = parts.padding
        truncatedSide = parts.truncatedSide
        var written = AddedTokenMatcher()
        var normalized = AddedTokenMatcher()
        var names: [Int: String] = [:]
        let vocabulary = parts.model.vocabulary
        for (token, id) in Self.ids(of: parts.addedTokens, in: vocabulary) {
            names[id] = token.content
            var text = NormalizedText(bytes: Array(token.content.utf8), beginsAtStart: true)
            if token.isNormalized {
                var room: [UInt8] = []
                var budget = RegularExpression.Budget(textBytes: text.bytes.count)
                try parts.normalizer?.apply(to: &text, room: &room, within: &budget)
                normalized.insert(text.bytes, token, id: Int32(id))
            } else {
                written.insert(text.bytes, token, id: Int32(id))
            }
        }
        writtenTokens = written
        normalizedTokens = normalized
        addedNames = names
    }

    static func ids(
        of tokens: [AddedToken], in vocabulary: Vocabulary
    ) -> [(token: AddedToken, id: Int)] {
        var next = vocabulary.count
        // By bytes: as characters, `é` and `e` with an accent would be one.
        var found: [[UInt8]: Int] = [:]
        var result: [(token: AddedToken, id: Int)] = []
        for token in tokens where !token.content.isEmpty {
            let bytes = Array(token.content.utf8)
            let before = found[bytes]
            let id = vocabulary.id(of: token.content) ?? before ?? next
            if id == next, before == nil { next += 1 }
            // Of what is said twice, the last counts.
            if before != nil { result.removeAll { $0.token.content.utf8.elementsEqual(bytes) } }
            found[bytes] = id
            result.append((token, id))
        }
        return result
    }

    var startID: Int? { postProcessor.startID }
    var endID: Int? { postProcessor.endID }

    func token(for id: Int) -> String? { addedNames[id] ?? model.vocabulary.token(for: id) }

    // MARK: Encoding

    func encode(_ text: String, maximumLength: Int) throws(TokenizerError) -> Encoding {
        let count = postProcessor.singleCount
        let isLeft = truncatedSide == .left
        var list = TokenList()
        try append(text, limit: isLeft ? .max : maximumLength, to: &list)
        let room = max(0, maximumLength - count)
        var ids: [Int] = []
        ids.reserveCapacity(min(list.ids.count, room) + count)
        for piece in postProcessor.single {
            switch piece {
            case .special(let special, _, _): ids.append(contentsOf: special)
            case .first, .second:
                ids.append(contentsOf: isLeft ? list.ids.suffix(room) : list.ids.prefix(room))
            }
        }
        return Encoding(ids: ids, isTruncated: list.ids.count > room)
    }

    func encode(
        _ first: String, with second: String, maximumLength: Int
    ) throws(TokenizerError) -> PairEncoding {
        try encode(words(of: first, atMost: .max), with: second, maximumLength: maximumLength)
    }

    func encode(
        _ first: [Int], with second: String, maximumLength: Int
    ) throws(TokenizerError) -> PairEncoding {
        let room = max(0, maximumLength - postProcessor.pairCount)
        let isLeft = truncatedSide == .left
        // One more than fits tells that something was cut. Which is the longer of two that both
        // are too long takes all of the second.
        var words = try words(of: second, atMost: isLeft ? .max : max(room, room &+ 1))
        if !isLeft, words.count > room, words.count <= first.count {
            words = try self.words(of: second, atMost: .max)
        }
        let kept = Truncation.lengths(first.count, words.count, room: room)
        return joined(
            isLeft ? first.suffix(kept.first) : first.prefix(kept.first),
            isLeft ? words.suffix(kept.second) : words.prefix(kept.second),
            addsSpecialTokens: true,
            isTruncated: kept.first < first.count || kept.second < words.count)
    }

    func words(of text: String, atMost count: Int) throws(TokenizerError) -> [Int] {
        var list = TokenList()
        try append(text, limit: count, to: &list)
        return list.ids
    }

    func encode(
        _ first: String, with second: String?, options: EncodingOptions
    ) throws(TokenizerError) -> PairEncoding {
        let added =
            !options.addsSpecialTokens
            ? 0 : second == nil ? postProcessor.singleCount : postProcessor.pairCount
        let limit = options.maximumLength ?? .max
        let left = (options.truncatedSide ?? truncatedSide) == .left
        let a = try words(of: first, atMost: .max)
        var b: [Int]?
        if let second { b = try words(of: second, atMost: .max) }
        let room = max(0, limit - added)
        var kept = (first: a.count, second: b?.count ?? 0)
        if kept.first + kept.second > room {
            let excess = kept.first + kept.second - room
            switch (options.strategy, b) {
            case (.longestFirst, nil): kept.first = room
            case (.longestFirst, _):
                kept = Truncation.lengths(kept.first, kept.second, room: room)
            case (.onlyFirst, _):
                guard kept.first > excess || room == 0 else { throw .cannotTruncate(limit: limit) }
                kept.first = max(0, kept.first - excess)
            case (.onlySecond, _):
                guard kept.second > excess || room == 0 else { throw .cannotTruncate(limit: limit) }
                kept.second = max(0, kept.second - excess)
            }
        }
        let second = b ?? []
        return joined(
            left ? a.suffix(kept.first) : a.prefix(kept.first),
            b == nil ? nil : left ? second.suffix(kept.second) : second.prefix(kept.second),
            addsSpecialTokens: options.addsSpecialTokens,
            isTruncated: kept.first < a.count || kept.second < second.count)
    }

    private func joined(
        _ first: ArraySlice<Int>, _ second: ArraySlice<Int>?, addsSpecialTokens: Bool,
        isTruncated: Bool
    ) -> PairEncoding {
        var ids: [Int] = []
        var segments: [Int] = []
        func append(_ part: some Collection<Int>, _ segment: Int) {
            ids.append(contentsOf: part)
            segments.append(contentsOf: repeatElement(segment, count: part.count))
        }
        for piece in second == nil ? postProcessor.single : postProcessor.pair {
            switch piece {
            case .special(let special, _, let segment):
                if addsSpecialTokens { append(special, segment) }
            case .first(let segment): append(first, segment)
            case .second(let segment): append(second ?? [], segment)
            }
        }
        return PairEncoding(ids: ids, segments: segments, isTruncated: isTruncated)
    }

    func tokens(of text: String) throws(TokenizerError) -> [Token] {
        var list = TokenList.withSurfaces
        try append(text, limit: .max, to: &list)
        var tokens: [Token] = []
        for piece in postProcessor.single {
            switch piece {
            case .special(let ids, let names, _):
                for (id, name) in zip(ids, names) { tokens.append(Token(id: id, text: name)) }
            case .first, .second:
                for (index, id) in list.ids.enumerated() {
                    let surface = list.surfaces?[index].map { String(decoding: $0, as: UTF8.self) }
                    tokens.append(Token(id: id, text: surface ?? token(for: id) ?? ""))
                }
            }
        }
        return tokens
    }

    // MARK: From text to tokens

    /// Appends a text's tokens, without special ones around it, in whole words until there are
    /// `limit`.
    private func append(
        _ text: String, limit: Int, to list: inout TokenList
    ) throws(TokenizerError) {
        var text = text
        var room = rooms.take()
        let result = text.withUTF8 { bytes in
            room.words.budget = RegularExpression.Budget(textBytes: bytes.count)
            return Result { () throws(TokenizerError) in
                try append(bytes, limit: limit, to: &list, room: &room)
            }
        }
        rooms.giveBack(room)
        try result.get()
    }

    private func append(
        _ text: UTF8Text.Bytes, limit: Int, to list: inout TokenList, room: inout PipelineRoom
    ) throws(TokenizerError) {
        guard !writtenTokens.isEmpty else {
            try appendNormalizing(text, beginsAtStart: true, limit: limit, to: &list, room: &room)
            return
        }
        var stretches: [AddedTokenMatcher.Stretch] = []
        writtenTokens.split(text, into: &stretches)
        for stretch in stretches where list.ids.count < limit {
            let part = UTF8Text.rebased(text, stretch.range)
            if let id = stretch.id {
                if !part.isEmpty { appendAdded(id, part, to: &list) }
            } else {
                try appendNormalizing(
                    part, beginsAtStart: stretch.range.lowerBound == 0, limit: limit, to: &list,
                    room: &room)
            }
        }
    }

    private func appendAdded(_ id: Int32, _ text: UTF8Text.Bytes, to list: inout TokenList) {
        list.append(id, surface: Array(text))
    }

    private func appendNormalizing(
        _ text: UTF8Text.Bytes, beginsAtStart: Bool, limit: Int, to list: inout TokenList,
        room: inout PipelineRoom
    ) throws(TokenizerError) {
        guard !text.isEmpty else { return }
        var normalized = NormalizedText(bytes: room.text, beginsAtStart: beginsAtStart)
        room.text = []
        normalized.bytes.removeAll(keepingCapacity: true)
        normalized.bytes.append(contentsOf: text)
        try normalizer?.apply(to: &normalized, room: &room.other, within: &room.words.budget)
        room.list.bytes.removeAll(keepingCapacity: true)
        if normalizedTokens.isEmpty {
            room.list.beginsAtStart = normalized.beginsAtStart
            swap(&room.list.bytes, &normalized.bytes)
            try appendWords(limit: limit, to: &list, room: &room)
        } else {
            try normalized.bytes.withUnsafeBufferPointer { bytes throws(TokenizerError) in
                var stretches: [AddedTokenMatcher.Stretch] = []
                normalizedTokens.split(bytes, into: &stretches)
                for stretch in stretches where list.ids.count < limit {
                    let part = UTF8Text.rebased(bytes, stretch.range)
                    if let id = stretch.id {
                        if !part.isEmpty { appendAdded(id, part, to: &list) }
                    } else {
                        room.list.bytes.removeAll(keepingCapacity: true)
                        room.list.bytes.append(contentsOf: part)
                        room.list.beginsAtStart =
                            normalized.beginsAtStart && stretch.range.lowerBound == 0
                        try appendWords(limit: limit, to: &list, room: &room)
                    }
                }
            }
        }
        room.text = normalized.bytes
    }

    /// Cuts `room.list.bytes` into words and spells them.
    private func appendWords(
        limit: Int, to list: inout TokenList, room: inout PipelineRoom
    ) throws(TokenizerError) {
        guard !room.list.bytes.isEmpty else { return }
        room.list.words.removeAll(keepingCapacity: true)
        room.list.words.append(0..<room.list.bytes.count)
        room.list.areRawBytes = false
        try preTokenizer?.apply(to: &room.list, room: &room.words)
        let isRaw = room.list.areRawBytes
        if !isRaw, model.wordsBeginAtMetaspaces {
            room.list.cutBeforeMetaspaces(room: &room.words)
        }
        let isPlain = list.surfaces == nil
        room.list.bytes.withUnsafeBufferPointer { bytes in
            for range in room.list.words {
                if list.ids.count >= limit { return }
                let word = UTF8Text.rebased(bytes, range)
                if !isPlain || !room.cache.append(word, to: &list.ids) {
                    let start = list.ids.count
                    model.append(word, isRaw: isRaw, to: &list, room: &room.model)
                    if isPlain { room.cache.insert(word, list.ids[start...]) }
                }
            }
        }
    }
}

/// Buffers and the words met so far: one set for every thread that is at work.
struct PipelineRoom: Sendable {
    var text: [UInt8] = []
    var other: [UInt8] = []
    var list = WordList()
    var words = WordRoom()
    var model = ModelRoom()
    var cache = WordCache()
}

/// Hands rooms from one text to the next, so that buffers and caches live on.
final class RoomPool: Sendable {
    private let rooms = Mutex<[PipelineRoom]>([])

    func take() -> PipelineRoom { rooms.withLock { $0.popLast() } ?? PipelineRoom() }

    func giveBack(_ room: consuming PipelineRoom) {
        let room = room
        rooms.withLock { $0.append(room) }
    }
}
