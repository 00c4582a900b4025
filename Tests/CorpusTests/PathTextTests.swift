import Corpus
import TestSupport
import Testing

@Suite struct PathTextTests {
    private static let names: [(text: String, bytes: [UInt8])] = [
        ("/videos/plain.mp4", Array("/videos/plain.mp4".utf8)),
        ("/北京/é 100%.mp4", Array("/北京/é 100%.mp4".utf8)),
        (#"/a\b\x\xZ"#, Array(#"/a\b\x\xZ"#.utf8)),
        (#"/caf\xE9.mp4"#, Array("/caf".utf8) + [0xE9] + Array(".mp4".utf8)),
        (#"/\x5CxE9.mp4"#, Array(#"/\xE9.mp4"#.utf8)),
        (#"\xE4\xB8/x"#, [0xE4, 0xB8] + Array("/x".utf8)),
        (#"\x\xFF"#, Array(#"\x"#.utf8) + [0xFF]),
        ("two\nlines", Array("two\nlines".utf8)),
        ("", []),
    ]

    @Test(arguments: names)
    func aNameIsSpelledSoThatItsBytesComeBack(text: String, bytes: [UInt8]) {
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
