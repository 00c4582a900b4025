import Corpus
import TestSupport
import Testing

@Suite struct PathTextTests {
    @Test(arguments: [
        "/videos/plain.mp4", "/北京/é 100%.mp4", #"/a\b\x\xZ"#, "two\nlines", "",
    ])
    func aNameOfUTF8IsSpelledAsItIs(name: String) {
        #expect(PathText(bytes: Array(name.utf8)).text == name)
        #expect(PathText(name).bytes == Array(name.utf8))
    }

    /// The names are spelled here in Latin-1, a character a byte.
    @Test(arguments: [
        ("/caf\u{E9}.mp4", #"/caf\xE9.mp4"#), (#"/\xE9.mp4"#, #"/\x5CxE9.mp4"#),
        ("\u{E4}\u{B8}/x", #"\xE4\xB8/x"#), ("\\x\u{FF}", #"\x\xFF"#),
    ])
    func whatIsNotUTF8IsSpelledSoThatItsBytesComeBack(name: String, text: String) {
        let bytes = name.unicodeScalars.map { UInt8($0.value) }
        #expect(PathText(bytes: bytes).text == text)
        #expect(PathText(text).bytes == bytes)
    }

    @Test func noTwoNamesAreSpelledAlike() {
        var random = SeededRandom(seed: 6)
        // Bytes of which escapes and broken characters are made.
        let alphabet = Array(#"\x5CEF9a/"#.utf8) + [0xE9, 0xC3, 0xA9, 0xF0, 0x9F, 0x80]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            #expect(PathText(PathText(bytes: bytes).text).bytes == bytes)
        }
    }

    @Test func composedAndDecomposedNamesAreTwoFiles() {
        let names = ["\u{E9}.mp4", "e\u{301}.mp4"]
        #expect(names[0] == names[1])
        #expect(Set(names.map { PathText($0) }).count == 2)
    }
}
