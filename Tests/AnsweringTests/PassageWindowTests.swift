import Corpus
import Testing

@testable import Answering

@Suite struct PassageWindowTests {
    /// Passages of five seconds each, one after the other, with a gap before the ones marked `|`.
    private func window(_ texts: [String]) -> PassageWindow {
        var start = 0.0
        return PassageWindow(
            texts.map { text in
                if text.hasPrefix("|") { start += 10 }
                defer { start += 5 }
                return Passage(
                    text: text.hasPrefix("|") ? String(text.dropFirst()) : text, source: .subtitle,
                    span: TimeSpan(startSeconds: start, endSeconds: start + 5))
            })
    }

    private static let cases: [(texts: [String], index: Int, text: String, start: Double)] = [
        (["One.", "Two.", "Three."], 1, "Two.", 5),
        (
            ["A b. It was", "on the moon", "that we met. C d."], 1,
            "It was on the moon that we met.", 0
        ),
        (["A b.", "It was on", "the moon. C d."], 1, "It was on the moon.", 5),
        (["It was on", "the moon."], 1, "It was on the moon.", 0),
        // A pause ends what is being said, and where nothing ever ends nothing is joined.
        (["It was on", "|the moon."], 1, "the moon.", 15),
        (["no marks", "at all", "in this"], 1, "at all", 5),
        // Further than the reach.
        (["A.", "b", "c", "d", "e", "f", "g."], 5, "f g.", 25),
    ]

    @Test(arguments: cases)
    func aPassageIsWidenedToWholeSentences(
        texts: [String], index: Int, text: String, start: Double
    ) throws {
        let whole = try window(texts).whole(index)
        #expect(whole.text == text)
        #expect(whole.span.startSeconds == start)
    }
}
