import Testing

@testable import ScreenText

struct LineQualityTests {
    private func words(_ parts: [(String, Double)]) -> [RecognizedWord] {
        parts.enumerated().map { index, part in
            RecognizedWord(
                text: part.0, confidence: part.1,
                box: PixelBox(x: index * 50, y: 0, width: 40, height: 10))
        }
    }

    private static let cases: [(parts: [(String, Double)], kept: String?)] = [
        ([("-", 0.9), ("order", 0.96), ("equation", 0.95)], "order equation"),
        ([("Energy", 0.9)], "Energy"),
        ([("2027", 0.9)], "2027"),
        ([("你好", 0.9)], "你好"),
        ([("a|", 0.4), ("~~", 0.3), ("Se", 0.2)], nil),
        ([("Tk", 0.24), ("Nig?”", 0), ("uae", 0.23)], nil),
        ([("ge", 0.7)], nil),
        ([("||", 0.95), ("—", 0.95)], nil),
        ([("x==/\\=", 0.9)], nil),
        ([], nil),
    ]

    @Test(arguments: cases)
    func junkIsDroppedAndTextIsKept(parts: [(String, Double)], kept: String?) {
        #expect(LineQuality.line(of: words(parts))?.text == kept)
    }
}
