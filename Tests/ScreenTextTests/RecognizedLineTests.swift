import Testing

@testable import ScreenText

struct RecognizedLineTests {
    @Test func linesWithTheSameFieldsAreEqual() {
        let line = RecognizedLine(text: "a", confidence: 1, x: 0, y: 0, width: 1, height: 1)
        #expect(line == line)
    }
}
