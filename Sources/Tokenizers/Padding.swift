/// How a batch is brought to one length.
package struct Padding: Sendable, Equatable {
    /// Tokens of every text; nil for as many as the longest of a batch.
    package var length: Int?
    /// Where padding goes.
    package var side = TextSide.right
    /// Lengths are multiples of this.
    package var multiple = 1
    package var id = 0
    package var segment = 0
    /// As the file names the token.
    package var token = "[PAD]"

    package init() {}

    /// All of one length. Texts that are longer than a fixed length stay so.
    package func applied(to batch: [PairEncoding]) -> [PaddedEncoding] {
        var target = length ?? batch.map(\.ids.count).max() ?? 0
        if target % multiple > 0 { target += multiple - target % multiple }
        return batch.map { encoding in
            let count = max(0, target - encoding.ids.count)
            let ids = Array(repeating: id, count: count)
            let segments = Array(repeating: segment, count: count)
            let mask = Array(repeating: 1, count: encoding.ids.count)
            let blank = Array(repeating: 0, count: count)
            return side == .right
                ? PaddedEncoding(
                    ids: encoding.ids + ids, segments: encoding.segments + segments,
                    mask: mask + blank)
                : PaddedEncoding(
                    ids: ids + encoding.ids, segments: segments + encoding.segments,
                    mask: blank + mask)
        }
    }
}

/// A text among others of the same length.
package struct PaddedEncoding: Sendable, Equatable {
    package let ids: [Int]
    package let segments: [Int]
    /// 1 for tokens, 0 for padding.
    package let mask: [Int]
}
