import TestSupport
import Testing
import UnicodeText

@Suite struct WordSegmenterTests {
    private let segmenter: WordSegmenter

    init() throws { segmenter = try WordSegmenter() }

    private func spelled(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        return try segmenter.words(in: text).map {
            String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    @Test(
        arguments: [
            ("", []),
            (" \n\t—…!?", []),
            ("The quick, brown fox.", ["The", "quick", "brown", "fox"]),
            ("She doesn't; they’re", ["She", "doesn't", "they’re"]),
            ("3.14 and 1,000 mp3", ["3.14", "and", "1,000", "mp3"]),
            ("naïve Straße Ωμέγα Привет", ["naïve", "Straße", "Ωμέγα", "Привет"]),
            ("我爱北京天安门", ["我", "爱", "北京", "天安门"]),
            ("東京に住んでいます。", ["東京", "に", "住", "んで", "い", "ます"]),
            ("ภาษาไทยสวยงาม", ["ภาษา", "ไทย", "สวยงาม"]),
            ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
            ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
            ("한국어 공부", ["한국어", "공부"]),
            ("I ❤️ 👩‍👩‍👧 and 🇩🇪!", ["I", "❤️", "👩‍👩‍👧", "and", "🇩🇪"]),
            ("© 2024 ™ ↔", ["2024"]),
        ] as [(String, [String])])
    func wordsAreFoundWithoutSpacesAndPunctuation(text: String, words: [String]) throws {
        #expect(try spelled(text) == words)
    }

    @Test func kindsAreTold() throws {
        let kinds = try segmenter.words(in: "word 42 カタカナ 北京 😀").map(\.kind)
        #expect(kinds == [.letters, .number, .ideographs, .ideographs, .emoji])
    }

    @Test func visitingStopsWhenAsked() throws {
        var bytes = Array("one two three".utf8)
        var seen: [Range<Int>] = []
        try bytes.withUnsafeMutableBufferPointer { text in
            try segmenter.forEachWord(in: UnsafeBufferPointer(text)) {
                seen.append($0.range)
                return seen.count < 2
            }
        }
        #expect(seen == [0..<3, 4..<7])
    }

    @Test func moreWordsThanOneBatchHoldsAreAllFound() throws {
        let text = (0..<1000).map { "w\($0)" }.joined(separator: " ")
        #expect(try spelled(text) == text.split(separator: " ").map(String.init))
    }

    @Test func theSegmenterForgetsTheTextBefore() throws {
        _ = try segmenter.words(in: "北京 is a long first text")
        #expect(try spelled("two words") == ["two", "words"])
    }

    @Test(arguments: [4, 5, 7, 64, 1000])
    func aTextLongerThanASliceIsCutBetweenScalars(limit: Int) throws {
        let text = "aé北😀 " + String(repeating: "naïve 北京 ", count: 40)
        let bytes = Array(text.utf8)
        var end = 0
        for word in try WordSegmenter(sliceLimit: limit).words(in: text) {
            #expect(word.range.lowerBound >= end && word.range.upperBound <= bytes.count)
            #expect(String(validating: bytes[word.range], as: UTF8.self) != nil)
            end = word.range.upperBound
        }
        #expect(end > bytes.count - 12)
    }

    @Test func anyBytesGiveOrderedRangesInsideTheText() throws {
        var random = SeededRandom(seed: 3)
        // Lead bytes, continuations, surrogates, overlong forms and plain letters in any order.
        let alphabet: [UInt8] = [
            0, 0x20, 0x61, 0x5f, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe4, 0xed, 0xa0, 0xef, 0xf0, 0x9f,
            0xf4, 0xf8, 0xff,
        ]
        for _ in 0..<3000 {
            let length = Int.random(in: 0...40, using: &random)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var end = 0
            try bytes.withUnsafeBufferPointer { text in
                try segmenter.forEachWord(in: text) { word in
                    #expect(word.range.lowerBound >= end && !word.range.isEmpty)
                    end = word.range.upperBound
                    return true
                }
            }
            #expect(end <= bytes.count)
        }
    }

    @Test func bytesThatAreNotTextSeparateWords() throws {
        let bytes: [UInt8] = [0x61, 0xff, 0x62]
        var ranges: [Range<Int>] = []
        try bytes.withUnsafeBufferPointer { text in
            try segmenter.forEachWord(in: text) {
                ranges.append($0.range)
                return true
            }
        }
        #expect(ranges == [0..<1, 2..<3])
    }

    @Test func versionsAreNumbers() {
        #expect(
            (UnicodeTables.icuVersion.split(separator: ".").first.flatMap { Int($0) } ?? 0) >= 72)
        #expect(UnicodeTables.unicodeVersion.split(separator: ".").allSatisfy { Int($0) != nil })
    }
}
