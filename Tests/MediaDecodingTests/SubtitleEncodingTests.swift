import Testing

@testable import MediaDecoding

@Suite struct SubtitleEncodingTests {
    static let text = "1\n00:00:01,000 --> 00:00:02,000\nÉté “chaud” – 20 €\n"

    private static func utf16(_ text: String, high: Int) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let bytes = [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]
            return high == 0 ? bytes : bytes.reversed()
        }
    }

    private static let windows: [UInt8] =
        Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8)
        + [0xC9, 0x74, 0xE9, 0x20, 0x93, 0x63, 0x68, 0x61, 0x75, 0x64, 0x94, 0x20, 0x96]
        + Array(" 20 ".utf8) + [0x80, 0x0A]

    @Test(arguments: [
        Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8),
        [0xFF, 0xFE] + utf16(text, high: 1), [0xFE, 0xFF] + utf16(text, high: 0),
        utf16(text, high: 1), utf16(text, high: 0), windows,
    ])
    func theTextIsTheSameInEveryEncoding(bytes: [UInt8]) {
        #expect(String(decoding: SubtitleEncoding.utf8(bytes), as: UTF8.self) == Self.text)
    }

    @Test func aStrayByteDoesNotSpoilTheOthers() {
        let bytes = Array("日本語の字幕です。とても長い文章".utf8) + [0xFF]
        #expect(
            String(decoding: SubtitleEncoding.utf8(bytes), as: UTF8.self)
                == "日本語の字幕です。とても長い文章\u{FFFD}")
    }

    @Test func oddEndsAreDropped() {
        #expect(SubtitleEncoding.utf8([0xFF, 0xFE, 0x41, 0x00, 0x42]) == [0x41])
        #expect(SubtitleEncoding.utf8([]) == [])
    }
}
