/// Byte-pair encoding (Sennrich et al. 2016): a word's characters are joined pair by pair, those
/// first that were joined first in training.
struct BytePairModel: Sendable {
    struct Options: Sendable {
        var unknownID: Int32?
        /// Put before every character of a word but the first.
        var continuationPrefix: [UInt8] = []
        /// Put after the last character of a word.
        var endOfWordSuffix: [UInt8] = []
        /// Whether unknown characters side by side are one token.
        var fusesUnknown = false
        /// Whether a character that the vocabulary lacks is spelled by its bytes.
        var fallsBackToBytes = false
        /// Whether a word that is a token is one whatever the merges say.
        var ignoresMerges = false
    }

    let vocabulary: Vocabulary
    private let merges: MergeTable
    private let options: Options
    private let byteIDs: [Int32?]?
    /// Whether no merge joins what ends in another character than `▁` with what begins with one, so
    /// that nothing ever reaches over the place before a run of them.
    let wordsBeginAtMetaspaces: Bool

    init(vocabulary: Vocabulary, merges: MergeTable, options: Options) {
        self.vocabulary = vocabulary
        self.merges = merges
        self.options = options
        byteIDs = options.fallsBackToBytes ? ByteTokens.ids(in: vocabulary) : nil
        // Without `▁` in the vocabulary unknown characters are fused over that place.
        wordsBeginAtMetaspaces =
            !options.ignoresMerges && options.continuationPrefix.isEmpty
            && options.endOfWordSuffix.isEmpty && vocabulary.id(of: "▁") != nil
            && !merges.reachesOverMetaspaces(vocabulary)
    }

    func append(
        _ word: UTF8Text.Bytes, to tokens: inout TokenList, room: inout ModelRoom
    ) {
        if options.ignoresMerges, let id = vocabulary.table.value(of: word) {
            tokens.append(id)
            return
        }
        room.symbols.removeAll()
        appendSymbols(of: word, to: &room.symbols)
        room.symbols.merge(by: merges)
        room.symbols.visit { tokens.append($0) }
    }

    /// A symbol for every character, or several, or none where no file says what to do.
    private func appendSymbols(of word: UTF8Text.Bytes, to symbols: inout SymbolChain) {
        let isPlain = options.continuationPrefix.isEmpty && options.endOfWordSuffix.isEmpty
        var marked: [UInt8] = []
        var unknown: Int32?
        var position = 0
        while position < word.count {
            let end = position + UTF8Text.length(ofLead: word[position])
            let character = UTF8Text.rebased(word, position..<end)
            if isPlain || (position > 0 && options.continuationPrefix.isEmpty && end < word.count) {
                appendSymbol(character, unknown: &unknown, to: &symbols)
            } else {
                marked.removeAll(keepingCapacity: true)
                if position > 0 { marked.append(contentsOf: options.continuationPrefix) }
                marked.append(contentsOf: character)
                if end == word.count { marked.append(contentsOf: options.endOfWordSuffix) }
                marked.withUnsafeBufferPointer {
                    appendSymbol($0, unknown: &unknown, to: &symbols)
                }
            }
            position = end
        }
        if let unknown { symbols.append(unknown) }
    }

    /// - Parameter unknown: waits for its like, and stands before the next known character.
    private func appendSymbol(
        _ character: UTF8Text.Bytes, unknown: inout Int32?, to symbols: inout SymbolChain
    ) {
        if let id = vocabulary.table.value(of: character) {
            if let waiting = unknown {
                symbols.append(waiting)
                unknown = nil
            }
            symbols.append(id)
        } else if let byteIDs, character.allSatisfy({ byteIDs[Int($0)] != nil }) {
            // These overtake an unknown character that waits, as in the reference.
            for byte in character { byteIDs[Int(byte)].map { symbols.append($0) } }
        } else if let unknownID = options.unknownID {
            if let waiting = unknown, !options.fusesUnknown { symbols.append(waiting) }
            unknown = unknownID
        }
    }
}

/// Which two tokens become which, and how early: open addressing over pairs of ids.
struct MergeTable: Sendable {
    struct Merge: Sendable {
        var rank: Int32
        var id: Int32
    }

    private var keys: [UInt64]
    private var merges: [Merge]
    private(set) var count = 0
    private static let free = UInt64.max

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = Array(repeating: Self.free, count: size)
        merges = Array(repeating: Merge(rank: 0, id: 0), count: size)
    }

    /// Of a pair listed twice the last counts. No more pairs than the capacity.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
        let key = Self.key(left, right)
        let mask = keys.count - 1
        var slot = Self.hash(key) & mask
        while keys[slot] != Self.free, keys[slot] != key { slot = (slot + 1) & mask }
        if keys[slot] == Self.free { count += 1 }
        precondition(count * 2 <= keys.count + 1, "The capacity is the number of merges.")
        keys[slot] = key
        merges[slot] = merge
    }

    /// Whether a merge joins a token that ends in another character than `▁` with one that begins with
    /// it.
    func reachesOverMetaspaces(_ vocabulary: Vocabulary) -> Bool {
        var begins = [Bool](repeating: false, count: vocabulary.idEnd)
        var ends = begins
        let sign = Array("▁".utf8)
        vocabulary.table.visitTokens { token, id in
            begins[Int(id)] = token.starts(with: sign)
            ends[Int(id)] = token.suffix(sign.count).elementsEqual(sign)
        }
        return keys.contains { key in
            guard key != Self.free else { return false }
            return begins[Int(key & 0xFFFF_FFFF)] && !ends[Int(key >> 32)]
        }
    }

    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge? {
        let key = Self.key(left, right)
        return keys.withUnsafeBufferPointer { keys in
            let mask = keys.count - 1
            var slot = Self.hash(key) & mask
            while keys[slot] != Self.free {
                if keys[slot] == key { return merges[slot] }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private static func hash(_ key: UInt64) -> Int {
        let product = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (product ^ product >> 29) >> 8)
    }
}
