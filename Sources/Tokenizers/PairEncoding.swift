/// One text, or two beside each other, as a model reads them: `[CLS] first [SEP] second [SEP]`, in
/// BERT's case the first three parts of segment 0, the rest of segment 1 (Devlin et al. 2018).
package struct PairEncoding: Sendable, Equatable {
    /// Special tokens included.
    package let ids: [Int]
    /// The segment of each token (`token_type_ids`).
    package let segments: [Int]
    /// Whether a part of one of the texts did not fit.
    package let isTruncated: Bool

    /// How many of `ids` stand before the first of another segment than 0.
    package var firstSegmentCount: Int { segments.firstIndex { $0 != 0 } ?? segments.count }
}

/// An end of a text.
package enum TextSide: String, Sendable, CaseIterable {
    case left, right
}

/// What is cut where one text or two are too long.
package enum TruncationStrategy: String, Sendable, CaseIterable {
    /// The longer text, and both to halves where both are too long.
    case longestFirst
    case onlyFirst, onlySecond
}

/// How much of one text or two is kept, and what is put around.
package struct EncodingOptions: Sendable, Equatable {
    /// Tokens in all, special ones included; nil for no limit.
    package var maximumLength: Int?
    package var strategy = TruncationStrategy.longestFirst
    /// Which end is cut off; nil for the one that the tokenizer's files name.
    package var truncatedSide: TextSide?
    package var addsSpecialTokens = true

    package init(maximumLength: Int? = nil) { self.maximumLength = maximumLength }
}

enum Truncation {
    /// How many tokens of each text are kept, the longest cut first.
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
