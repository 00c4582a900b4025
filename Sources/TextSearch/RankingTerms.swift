/// What ranking weighs: the stem of a word; of Chinese and Japanese the words of the dictionary
/// and every two neighbouring characters, so that a text that was cut differently still matches.
struct RankingTerm {
    enum Kind {
        /// To be stemmed.
        case word
        /// A word of characters, as it stands.
        case ideographs
        /// Two neighbouring characters that are not a word of their own.
        case bigram
    }

    /// Folded, not stemmed; valid during the call.
    let folded: UnsafeBufferPointer<UInt8>
    /// In bytes of the text.
    let range: Range<Int>
    let kind: Kind
}

extension TermTokenizer {
    /// Visits the terms of a text, in the order in which they begin, more or less.
    /// - Returns: the length of the text, in words.
    @discardableResult
    func forEachRankingTerm(in text: String, _ body: (RankingTerm) -> Void) -> Int {
        var text = text
        var length = 0
        var run = CharacterRun()
        text.withUTF8 { utf8 in
            forEachWord(in: utf8) { word in
                length += 1
                guard word.isIdeographic else {
                    body(RankingTerm(folded: word.folded, range: word.range, kind: .word))
                    return true
                }
                body(RankingTerm(folded: word.folded, range: word.range, kind: .ideographs))
                run.extend(by: word, body)
                return true
            }
        }
        return length
    }
}

/// Characters that follow one another without a gap.
private struct CharacterRun {
    /// The last two characters, one behind the other.
    private var pair: [UInt8] = []
    private var lastCount = 0
    private var lastRange = 0..<0
    private var end = -1

    mutating func extend(by word: TermTokenizer.FoldedWord, _ body: (RankingTerm) -> Void) {
        if word.range.lowerBound != end { lastCount = 0 }
        end = word.range.upperBound
        var isFirst = true
        _ = word.forEachScalar { scalar, range in
            if lastCount > 0 {
                pair.removeFirst(pair.count - lastCount)
                pair += scalar
                // A word of two characters is a term already.
                if isFirst || pair.count != word.folded.count {
                    pair.withUnsafeBufferPointer {
                        body(
                            RankingTerm(
                                folded: $0, range: lastRange.lowerBound..<range.upperBound,
                                kind: .bigram))
                    }
                }
            } else {
                pair = Array(scalar)
            }
            lastCount = scalar.count
            lastRange = range
            isFirst = false
            return true
        }
    }
}
