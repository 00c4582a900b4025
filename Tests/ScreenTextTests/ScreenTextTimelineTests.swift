import Corpus
import Testing

@testable import ScreenText

struct ScreenTextTimelineTests {
    private func line(_ text: String, y: Int = 0, confidence: Double = 0.9) -> RecognizedLine {
        RecognizedLine(text: text, confidence: confidence, x: 10, y: y, width: 300, height: 20)
    }

    /// Frames of ten seconds each.
    private func passages(_ frames: [[RecognizedLine]]) -> [Passage] {
        var timeline = ScreenTextTimeline()
        var passages: [Passage] = []
        for (index, lines) in frames.enumerated() {
            passages += timeline.add(
                lines,
                span: TimeSpan(
                    startSeconds: Double(index) * 10, endSeconds: Double(index + 1) * 10))
        }
        return passages + timeline.finish()
    }

    private func told(_ passage: Passage) -> String {
        "\(Int(passage.span?.startSeconds ?? -1))–\(Int(passage.span?.endSeconds ?? -1)) "
            + passage.text
    }

    @Test func theLinesOfASlideAreOnePassageForAllItsFrames() throws {
        let slide = [
            line("Budget 2027", y: 40), line("Travel costs", y: 90, confidence: 0.8),
        ]
        let found = passages([slide, slide, [line("Energy", y: 40)], []])
        #expect(found.map(told) == ["0–20 Budget 2027 · Travel costs", "20–30 Energy"])
        #expect(found.map(\.source) == [.screenText, .screenText])
        // 11 letters of .9 and 12 of .8.
        let confidence = try #require(found.first?.confidence)
        #expect(abs(confidence - (11 * 0.9 + 12 * 0.8) / 23) < 1e-12)
    }

    @Test func theSurestReadingOfALineIsKept() {
        let found = passages([
            [line("Quarterly repart", confidence: 0.7)],
            [line("Quarterly report", confidence: 0.95)],
            [line("0uarterly", confidence: 0.7)],
        ])
        #expect(found.map(told) == ["0–20 Quarterly report", "20–30 0uarterly"])
    }

    @Test func aWatermarkIsToldOnce() {
        let mark = line("ACME Television", y: 600)
        let found = passages([
            [line("First caption here"), mark], [line("Second words follow"), mark],
            [line("Something else again"), mark],
        ])
        #expect(
            found.map(told) == [
                "0–10 First caption here", "10–20 Second words follow",
                "0–30 ACME Television", "20–30 Something else again",
            ])
    }

    @Test(arguments: [
        ("Budget 2027", "Budget 2028", false),
        ("Budget 2027", "BUDGET, 2027", true),
        ("the cat sat on the mat", "the cat sat on the mat.", true),
        ("the cat sat there", "the cart sat there", true),
        ("short", "shore", false),
        ("", "", true),
        ("a", "", false),
    ])
    func readingsAreComparedByTheirLetters(first: String, second: String, isSame: Bool) {
        #expect(FoldedLine(first).resembles(FoldedLine(second), within: 0.08) == isSame)
        #expect(FoldedLine(second).resembles(FoldedLine(first), within: 0.08) == isSame)
    }

    @Test func aFrameFullOfTextMakesPassagesOfBoundedLength() {
        let word = String(repeating: "x", count: 900)
        let found = passages([(0..<500).map { line("\($0) \(word)", y: $0 * 30) }])
        #expect(found.allSatisfy { $0.text.count <= 1700 })
        #expect(found.map(\.text.count).reduce(0, +) < 60_000)
    }

    @Test func withoutLinesThereIsNothing() {
        #expect(passages([[], []]).isEmpty)
    }
}
