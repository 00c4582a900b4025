import JSONText
import Testing
import UnicodeText

@testable import Tokenizers

/// Each part alone over all of Unicode, 256 characters a text, every one behind an `a`.
@Suite("Parts treat every character of Unicode as Hugging Face's tokenizers do")
struct EveryCharacterTests {
    private static let texts: [[UInt8]] = stride(from: UInt32(0), to: 0x11_0000, by: 256)
        .filter { !(0xD800..<0xE000).contains($0) }
        .map { start in
            var bytes: [UInt8] = []
            for value in start..<start + 256 {
                bytes.append(UInt8(ascii: "a"))
                UTF8Text.append(value, to: &bytes)
            }
            return bytes
        }

    private func compare(
        _ name: String, _ rewritten: ([UInt8]) throws -> String
    ) throws {
        let goldens = try WholeGoldens.shared.get()
        let expected = WholeGoldens.digests(goldens["characters"], name)
        let found = try stride(from: 0, to: Self.texts.count, by: 16).map { start in
            try WholeGoldens.digest(
                Self.texts[start..<min(start + 16, Self.texts.count)].map(rewritten))
        }
        #expect(expected.count == found.count && found.count > 200)
        for (index, digests) in zip(expected, found).enumerated() where digests.0 != digests.1 {
            Issue.record("\(name) differs in the texts \(16 * index)...\(16 * index + 15)")
        }
    }

    private static let normalizers: [(name: String, normalizer: Normalizer)] = [
        ("NFC", .form(.nfc)), ("NFD", .form(.nfd)), ("NFKC", .form(.nfkc)), ("NFKD", .form(.nfkd)),
        ("Lowercase", .lowercase), ("StripAccents", .stripAccents), ("Nmt", .nmt),
        ("BertNormalizer", .bert(BERTNormalizer())),
    ]

    private func rewritten(_ text: [UInt8], by normalizer: Normalizer?) throws -> String {
        var text = NormalizedText(bytes: text, beginsAtStart: true)
        var room: [UInt8] = []
        var budget = RegularExpression.Budget(textBytes: text.bytes.count)
        try normalizer?.apply(to: &text, room: &room, within: &budget)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test("normalisers", arguments: normalizers.indices)
    func normalizer(index: Int) throws {
        let (name, normalizer) = Self.normalizers[index]
        try compare(name) { try rewritten($0, by: normalizer) }
    }

    @Test("SentencePiece's character map")
    func characterMap() throws {
        let path = WholeGoldens.directory("xlm-roberta") + "/tokenizer.json"
        let normalizer = try TokenizerJSON(path: path).parts().normalizer
        try compare("Precompiled") { try rewritten($0, by: normalizer) }
    }

    private static let preTokenizers: [(name: String, preTokenizer: PreTokenizer)] = [
        ("WhitespaceSplit", .whitespaceSplit), ("Punctuation", .punctuation(.isolated)),
        ("Digits", .digits(individually: false)), ("Whitespace", .whitespace),
        ("BertPreTokenizer", .bert),
        ("Qwen", .split(.words(.qwen), .isolated, isInverted: false)),
    ]

    @Test("pre-tokenisers", arguments: preTokenizers.indices)
    func preTokenizer(index: Int) throws {
        let (name, preTokenizer) = Self.preTokenizers[index]
        var room = WordRoom()
        try compare(name) { text in
            var list = WordList(bytes: text, words: [0..<text.count], beginsAtStart: true)
            try preTokenizer.apply(to: &list, room: &room)
            return list.words.map { String(decoding: list.bytes[$0], as: UTF8.self) }
                .joined(separator: "\0")
        }
    }
}
