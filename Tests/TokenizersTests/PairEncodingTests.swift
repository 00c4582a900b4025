import Testing

@testable import Tokenizers

@Suite("Pairs of texts")
struct PairEncodingTests {
    @Test(
        "the longer text is cut first, both to halves where both are too long",
        arguments: [
            // first, second, room, kept of first, kept of second
            (3, 4, 7, 3, 4), (3, 4, 10, 3, 4), (0, 9, 5, 0, 5), (9, 0, 5, 5, 0), (2, 9, 6, 2, 4),
            (9, 2, 6, 4, 2), (9, 9, 6, 3, 3), (9, 9, 7, 3, 4), (9, 8, 7, 4, 3), (8, 9, 7, 3, 4),
            (3, 9, 6, 3, 3), (9, 3, 7, 4, 3), (5, 5, 0, 0, 0), (0, 0, 0, 0, 0), (1, 5, 1, 0, 1),
        ])
    func lengths(first: Int, second: Int, room: Int, keptFirst: Int, keptSecond: Int) {
        let kept = Truncation.lengths(first, second, room: room)
        #expect(kept.first == keptFirst && kept.second == keptSecond)
    }
}
