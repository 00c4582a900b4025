import Foundation
import JSONText
import TestSupport
import Testing
import Tokenizers

/// Small tokenizers of every kind, a corpus of over two thousand lines in more than two dozen
/// scripts, and digests of what Hugging Face's `tokenizers` makes of each line. See
/// training/goldens/make_tokenizer_goldens.py, which shows the ids behind a digest.
struct WholeGoldens {
    let lines: [String]
    private let root: JSONValue

    static let shared = Result { try WholeGoldens() }

    private init() throws {
        lines = try Self.read("corpus").array?.compactMap(\.string) ?? []
        root = try Self.read("expected")
    }

    private static func read(_ name: String) throws -> JSONValue {
        let data = try Data(contentsOf: folder.appending(path: name + ".json"))
        return try data.withUnsafeBytes { try JSONValue(parsing: $0) }
    }

    static var folder: URL { TokenGoldens.folder.appending(path: "whole") }

    static func directory(_ kind: String) -> String { folder.appending(path: kind).path }

    subscript(_ section: String) -> JSONValue { root[section] ?? .null }

    subscript(_ section: String, _ name: String) -> JSONValue { root[section]?[name] ?? .null }

    /// Digests of a kind's or a part's lines encoded in some way.
    static func digests(_ value: JSONValue, _ way: String) -> [UInt16] {
        let bytes = Array(Data(base64Encoded: value[way]?.string ?? "") ?? Data())
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
    }

    /// The lower half of the CRC-32 of the parts with line breaks between.
    static func digest(_ parts: [String]) -> UInt16 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in parts.joined(separator: "\n").utf8 {
            crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
        }
        return UInt16(truncatingIfNeeded: ~crc)
    }

    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
        (0..<8).reduce(byte) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }

    static func numbers(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: " ") }
}

@Suite("Every tokenizer.json gives the ids of Hugging Face's tokenizers")
struct WholeTokenizerTests {
    private static let kinds = [
        "bert-uncased", "bert-cased", "clip", "roberta", "gpt2", "qwen", "llama3", "whisper",
        "llama2", "llama-first", "gemma", "xlm-roberta", "t5", "unigram-bytes", "prefixed",
    ]

    /// Compares digests line by line, and says what was found in the first lines that differ.
    private func compare(
        _ digests: [UInt16], _ lines: [String], _ way: String,
        _ found: (_ index: Int, _ next: String) throws -> [String]
    ) throws {
        #expect(lines.count >= 2000 && digests.count == lines.count)
        var faults: [String] = []
        for (index, expected) in digests.enumerated() {
            let parts = try found(index, lines[(index + 1) % lines.count])
            if WholeGoldens.digest(parts) != expected {
                faults.append("\(index) \(lines[index].debugDescription.prefix(300)): \(parts)")
            }
        }
        let shown = faults.prefix(5).joined(separator: "\n")
        #expect(faults.isEmpty, "\(faults.count) lines differ encoded \(way):\n\(shown)")
    }

    @Test("single texts, with their tokens as text", arguments: kinds)
    func whole(kind: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let expected = goldens["kinds", kind]
        let tokenizer = try TokenizerDirectory.open(WholeGoldens.directory(kind))
        for (line, ids) in expected["ids"]?.object ?? [:] {
            let text = goldens.lines[Int(line) ?? 0]
            let found = try tokenizer.encode(text, maximumLength: .max).ids
            #expect(WholeGoldens.numbers(found) == ids.string, "\(line) \(text.debugDescription)")
        }
        try compare(WholeGoldens.digests(expected, "whole"), goldens.lines, "whole") { index, _ in
            let tokens = try tokenizer.tokens(of: goldens.lines[index])
            let ids = try tokenizer.encode(goldens.lines[index], maximumLength: .max).ids
            #expect(tokens.map(\.id) == ids)
            return [WholeGoldens.numbers(ids), tokens.map(\.text).joined(separator: "\0")]
        }
    }

    @Test("pairs of texts, with their segments", arguments: kinds)
    func pair(kind: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let tokenizer = try TokenizerDirectory.open(WholeGoldens.directory(kind))
        let digests = WholeGoldens.digests(goldens["kinds", kind], "pair")
        try compare(digests, goldens.lines, "as pairs") { index, next in
            let found = try tokenizer.encode(goldens.lines[index], with: next, maximumLength: .max)
            return [WholeGoldens.numbers(found.ids), WholeGoldens.numbers(found.segments)]
        }
    }

    @Test("texts that are too long", arguments: kinds)
    func short(kind: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let tokenizer = try TokenizerDirectory.open(WholeGoldens.directory(kind))
        let digests = WholeGoldens.digests(goldens["kinds", kind], "short")
        try compare(digests, goldens.lines, "cut to 16") { index, _ in
            [
                WholeGoldens.numbers(
                    try tokenizer.encode(goldens.lines[index], maximumLength: 16).ids)
            ]
        }
    }

    private struct Cut {
        let strategy: TruncationStrategy
        let side: TextSide
        let length: Int
    }

    /// Line by line in turn.
    private static let cuts = [
        Cut(strategy: .longestFirst, side: .right, length: 24),
        Cut(strategy: .longestFirst, side: .left, length: 17),
        Cut(strategy: .onlyFirst, side: .right, length: 48),
        Cut(strategy: .onlySecond, side: .left, length: 48),
        Cut(strategy: .longestFirst, side: .right, length: 9),
    ]

    @Test("pairs that are too long, cut in every way", arguments: kinds)
    func cut(kind: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let tokenizer = try TokenizerDirectory.open(WholeGoldens.directory(kind))
        let digests = WholeGoldens.digests(goldens["kinds", kind], "cut")
        try compare(digests, goldens.lines, "cut") { index, next in
            let cut = Self.cuts[index % Self.cuts.count]
            var options = EncodingOptions(maximumLength: cut.length)
            options.strategy = cut.strategy
            options.truncatedSide = cut.side
            do {
                let found = try tokenizer.encode(
                    goldens.lines[index], with: next, options: options)
                if cut.strategy == .longestFirst, cut.side == .right {
                    let simple = try tokenizer.encode(
                        goldens.lines[index], with: next, maximumLength: cut.length)
                    #expect(simple == found)
                }
                return [WholeGoldens.numbers(found.ids), WholeGoldens.numbers(found.segments)]
            } catch TokenizerError.cannotTruncate {
                return ["too short"]
            }
        }
    }

    @Test("batches are padded on either side", arguments: ["roberta", "bert-cased"])
    func padded(kind: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let tokenizer = try TokenizerDirectory.open(WholeGoldens.directory(kind))
        let batches = try #require(goldens["kinds", kind]["padded"]?.array)
        #expect(batches.count == 4)
        for batch in batches {
            var padding = Padding()
            padding.id = 1
            padding.side = batch["side"]?.string == "left" ? .left : .right
            padding.multiple = batch["multiple"]?.integer ?? 1
            padding.length = batch["length"]?.integer
            let first = try #require(batch["first"]?.integer)
            let rows = try padding.applied(
                to: goldens.lines[first..<first + 5].map {
                    try tokenizer.encode($0, with: nil, options: EncodingOptions())
                })
            let found = rows.map { row in
                [row.ids, row.segments, row.mask].map(WholeGoldens.numbers).joined(separator: "|")
            }
            #expect(found == batch["rows"]?.array?.compactMap(\.string))
        }
    }

    private static let parts = [
        "digits", "numbers", "whitespace", "delimiter", "fixed", "strip", "accents", "nfkc", "nfkd",
        "nfd", "nfc", "nmt", "replace", "bytes", "bytes-first", "o200k", "cl100k", "spaces",
        "punctuation-removed", "punctuation-isolated", "punctuation-mergedwithprevious",
        "punctuation-mergedwithnext", "punctuation-contiguous", "split-mergedwithnext",
        "split-mergedwithprevious", "split-contiguous", "split-removed", "word-level",
    ]

    @Test("parts that those have not, with a vocabulary of characters", arguments: parts)
    func part(name: String) throws {
        let goldens = try WholeGoldens.shared.get()
        let expected = goldens["parts", name]
        let folder = try TemporaryFolder()
        try Self.assemble(try #require(expected["json"]), in: folder.url)
        let tokenizer = try TokenizerDirectory.open(folder.url.path)
        try compare(WholeGoldens.digests(expected, "whole"), goldens.lines, name) { index, _ in
            let tokens = try tokenizer.tokens(of: goldens.lines[index])
            return [
                WholeGoldens.numbers(tokens.map(\.id)),
                tokens.map(\.text).joined(separator: "\0"),
            ]
        }
    }

    /// Writes a tokenizer.json: that of the characters, with other parts. As text, since to
    /// Foundation two spellings of `é` are one key.
    private static func assemble(_ parts: JSONValue, in folder: URL) throws {
        var json = try String(
            contentsOfFile: WholeGoldens.directory("characters") + "/tokenizer.json",
            encoding: .utf8)
        for (key, part) in parts.object ?? [:] {
            if key == "model" {
                let name = try #require(part.string)
                json = json.replacing(#""type":"WordPiece""#, with: "\"type\":\"\(name)\"")
            } else {
                let text = try JSONSerialization.data(
                    withJSONObject: object(part), options: .fragmentsAllowed)
                json = json.replacing(
                    "\"\(key)\":null",
                    with: "\"\(key)\":" + String(decoding: text, as: UTF8.self))
            }
        }
        try Data(json.utf8).write(to: folder.appending(path: "tokenizer.json"))
    }

    private static func object(_ value: JSONValue) -> Any {
        switch value {
        case .object(let members): members.mapValues(object)
        case .array(let elements): elements.map(object)
        case .string(let text): text
        case .number(let number): number.integer ?? Int(number.value)
        case .bool(let flag): flag
        case .null: NSNull()
        }
    }
}
