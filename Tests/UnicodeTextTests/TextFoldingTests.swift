import TestSupport
import Testing
import UnicodeText

@Suite struct TextFoldingTests {
    @Test(arguments: [
        ("", ""),
        ("Hello", "hello"),
        ("MP3-Ω", "mp3-ω"),
        ("Café", "cafe"),
        ("cafe\u{301}", "cafe"),
        ("ｃａｆé", "cafe"),
        ("Straße", "strasse"),
        ("ŁÓDŹ Øresund", "lodz oresund"),
        ("Æon œuvre", "aeon oeuvre"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("Tiếng Việt", "tieng viet"),
        ("ΌΣΟΣ όσος", "οσοσ οσοσ"),
        ("Ёлка Йод їжа", "елка йод їжа"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("don’t", "don't"),
        ("ﬁlm ① ㎏", "film 1 kg"),
        ("soft\u{ad}hyphen zero\u{200b}width", "softhyphen zerowidth"),
    ])
    func spellingsOfOneWordMeet(text: String, folded: String) {
        #expect(TextFolding.fold(text) == folded)
    }

    @Test(arguments: [
        "が", "ぱ", "ガ", "ไทย", "ที่", "नमस्ते", "हिन्दी", "தமிழ்", "한국어", "北京", "မြန်မာ", "ខ្មែរ",
    ])
    func marksThatCarryMeaningStay(text: String) {
        #expect(Array(TextFolding.fold(text).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test func halfWidthKanaJoinTheirVoicing() {
        #expect(TextFolding.fold("ｶﾞｷﾞ") == "ガギ")
    }

    @Test(arguments: 0..<17)
    func everyScalarFoldsToTheSameTwice(plane: UInt32) {
        var changed: [String] = []
        // A hundred and more at a time, each scalar between letters.
        for start in stride(from: plane << 16, to: (plane + 1) << 16, by: 128) {
            let text = (start..<start + 128).compactMap(Unicode.Scalar.init)
                .map { "a\($0)b" }.joined(separator: " ")
            let once = TextFolding.fold(text)
            if !TextFolding.fold(once).utf8.elementsEqual(once.utf8) {
                changed.append(String(start, radix: 16))
            }
        }
        #expect(changed.isEmpty)
    }

    @Test func asciiFoldsAsTheLongWayDoes() {
        for byte in UInt8(0)..<0x80 {
            let text = String(UnicodeScalar(byte))
            // A letter that is not ASCII sends the text the long way.
            #expect(TextFolding.fold(text + "北") == TextFolding.fold(text) + "北")
        }
    }

    @Test func anyBytesFoldToText() {
        var random = SeededRandom(seed: 5)
        var folded: [UInt8] = []
        for _ in 0..<3000 {
            let length = Int.random(in: 0...30, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.withUnsafeBufferPointer { TextFolding.fold($0, into: &folded) }
            #expect(String(validating: folded, as: UTF8.self) != nil)
        }
    }

    @Test func aScalarMayGrowManyTimes() {
        let text = String(repeating: "\u{fdfa}", count: 1000)  // 18 letters each
        #expect(TextFolding.fold(text).count > 10_000)
    }
}
