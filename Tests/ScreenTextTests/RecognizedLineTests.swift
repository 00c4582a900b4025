import Testing

@testable import ScreenText

struct RecognizedLineTests {
    @Test func aLineSpansItsWords() {
        let words = [
            RecognizedWord(
                text: "one", confidence: 0.9, box: PixelBox(x: 5, y: 8, width: 10, height: 6)),
            RecognizedWord(
                text: "two", confidence: 0.7, box: PixelBox(x: 20, y: 6, width: 10, height: 9)),
        ]
        #expect(
            RecognizedLine(words)
                == RecognizedLine(
                    text: "one two", confidence: 0.8, x: 5, y: 6, width: 25, height: 9))
        #expect(RecognizedLine([]) == nil)
    }

    @Test(arguments: ["", "eng+", "../eng", "eng;deu", String(repeating: "a", count: 40)])
    func languagesThatAreNoNamesAreRefused(languages: String) {
        #expect(throws: ScreenTextError.badLanguages(languages)) {
            try TextRecognizer(languages: languages)
        }
    }

    @Test func dataThatIsMissingIsNamedWithThePackageThatBringsIt() {
        #expect(throws: ScreenTextError.missingLanguages(["xyz_abc"], of: "eng+xyz_abc")) {
            try TextRecognizer(languages: "eng+xyz_abc")
        }
        let sentence = ScreenTextError.missingLanguages(["xyz_abc"], of: "eng+xyz_abc").description
        #expect(
            sentence
                == "Text on screen is not read: Tesseract has no data for xyz_abc (asked for: "
                + "eng+xyz_abc). Install it, on Debian by: apt-get install tesseract-ocr-xyz-abc")
    }
}
