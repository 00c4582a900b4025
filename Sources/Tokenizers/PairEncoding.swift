/// Two texts as a model reads them beside each other: `[CLS] first [SEP] second [SEP]`, the first
/// three parts of segment 0, the rest of segment 1 (Devlin et al. 2018).
package struct PairEncoding: Sendable, Equatable {
    /// Special tokens included.
    package let ids: [Int]
    /// How many of `ids` are of segment 0.
    package let firstSegmentCount: Int
    /// Whether the end of one of the texts did not fit.
    package let isTruncated: Bool
}

extension WordPieceTokenizer {
    /// At most `maximumLength` tokens in all. Where the two do not fit, the longer is cut, and both
    /// to halves where both are too long ("longest first", as Hugging Face's tokenizers count it).
    package func encode(
        _ first: String, with second: String, maximumLength: Int
    ) -> PairEncoding {
        encode(
            words(of: first, atMost: maximumLength), with: second, maximumLength: maximumLength)
    }

    /// The same with the first text's words made once for many seconds: `words(of:atMost:)`.
    package func encode(
        _ first: [Int], with second: String, maximumLength: Int
    ) -> PairEncoding {
        precondition(maximumLength >= 3, "A pair is at least its three special tokens.")
        let room = maximumLength - 3
        // One more than fits tells that something was cut.
        let second = words(of: second, atMost: room + 1)
        let kept = Self.lengths(first.count, second.count, room: room)
        return PairEncoding(
            ids: [startID] + first.prefix(kept.first) + [endID] + second.prefix(kept.second)
                + [endID],
            firstSegmentCount: kept.first + 2,
            isTruncated: kept.first < first.count || kept.second < second.count)
    }

    /// A text's tokens without special ones around it, at most `count`.
    package func words(of text: String, atMost count: Int) -> [Int] {
        Array(encode(text, maximumLength: max(2, count + 2)).ids.dropFirst().dropLast())
    }

    /// How many tokens of each are kept. Counts beyond `room` may be given as any number above it.
    static func lengths(
        _ first: Int, _ second: Int, room: Int
    ) -> (first: Int, second: Int) {
        guard first + second > room else { return (first, second) }
        let (shorter, longer) = (min(first, second), max(first, second))
        if 2 * shorter <= room {
            let rest = min(longer, room - shorter)
            return first <= second ? (shorter, rest) : (rest, shorter)
        }
        let half = room / 2
        return first <= second ? (half, room - half) : (room - half, half)
    }
}
