/// The likeliest spelling of a text, tokens having probabilities of their own (Kudo 2018).
struct UnigramModel: Sendable {
    /// Ids are places in the file's list; of a token listed twice the last counts.
    let vocabulary: Vocabulary
    /// Logarithms of probabilities, by id.
    private let scores: [Double]
    private let unknownID: Int32?
    private let unknownScore: Double
    /// The tokens `<0x00>` to `<0xFF>` for characters the vocabulary lacks; nil without all 256.
    private let byteIDs: [Int32?]?

    /// An unknown character is this much less likely than the least likely token.
    private static let unknownPenalty = 10.0

    init(vocabulary: Vocabulary, scores: [Double], unknownID: Int32?, fallsBackToBytes: Bool) {
        self.vocabulary = vocabulary
        self.scores = scores
        self.unknownID = unknownID
        unknownScore =
            scores.reduce(.infinity) { $1 < $0 ? $1 : $0 } - Self.unknownPenalty
        byteIDs = fallsBackToBytes ? ByteTokens.ids(in: vocabulary) : nil
    }

    /// The best way to reach a place: by which token from where.
    struct Step: Sendable {
        var id: Int32 = -1
        var start = -1  // -1: nothing ends here
        var score = 0.0
    }

    func append(_ text: UTF8Text.Bytes, to tokens: inout TokenList, room: inout ModelRoom) {
        findPath(text, &room.path)
        collectPieces(room.path, end: text.count, unknownID, &room.pieces)
        for piece in room.pieces.reversed() {
            appendToken(UTF8Text.rebased(text, piece), to: &tokens)
        }
    }

    /// Viterbi's algorithm, forward.
    private func findPath(_ text: UTF8Text.Bytes, _ path: inout [Step]) {
        path.removeAll(keepingCapacity: true)
        path.append(contentsOf: repeatElement(Step(), count: text.count + 1))
        path.withUnsafeMutableBufferPointer { path in
            scores.withUnsafeBufferPointer { scores in
                var start = 0
                while start < text.count {
                    let length = UTF8Text.length(ofLead: text[start])
                    let soFar = path[start].score
                    var hasSingle = false
                    vocabulary.table.visitPrefixes(
                        of: UTF8Text.rebased(text, start..<text.count)
                    ) { count, id in
                        let score = scores[Int(id)] + soFar
                        if path[start + count].start < 0 || score > path[start + count].score {
                            path[start + count] = Step(id: id, start: start, score: score)
                        }
                        if count == length { hasSingle = true }
                        return true
                    }
                    if !hasSingle {
                        let end = start + length
                        let score = unknownScore + soFar
                        if path[end].start < 0 || score > path[end].score {
                            path[end] = Step(id: unknownID ?? -1, start: start, score: score)
                        }
                    }
                    start += length
                }
            }
        }
    }

    /// The pieces from the last to the first; unknown ones side by side are one.
    private func collectPieces(
        _ path: [Step], end: Int, _ unknownID: Int32?, _ pieces: inout [Range<Int>]
    ) {
        pieces.removeAll(keepingCapacity: true)
        var end = end
        var followsUnknown = false
        while end > 0 {
            let step = path[end]
            let isUnknown = step.id == unknownID ?? -1
            if isUnknown, followsUnknown, let last = pieces.popLast() {
                pieces.append(step.start..<last.upperBound)
            } else {
                pieces.append(step.start..<end)
            }
            followsUnknown = isUnknown
            end = step.start
        }
    }

    private func appendToken(_ piece: UTF8Text.Bytes, to tokens: inout TokenList) {
        if let id = vocabulary.table.value(of: piece) {
            tokens.append(id)
            return
        }
        if let byteIDs, piece.allSatisfy({ byteIDs[Int($0)] != nil }) {
            for byte in piece { byteIDs[Int(byte)].map { tokens.append($0) } }
        } else if let unknownID {
            tokens.append(unknownID, surface: Array(piece))
        }
    }
}

/// The tokens `<0x00>` to `<0xFF>`, that stand for bytes.
enum ByteTokens {
    static func ids(in vocabulary: Vocabulary) -> [Int32?] {
        let digits = Array("0123456789ABCDEF".utf8)
        return (0..<256).map { byte in
            let name = Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + [0x3E]
            return name.withUnsafeBufferPointer { vocabulary.table.value(of: $0) }
        }
    }
}
