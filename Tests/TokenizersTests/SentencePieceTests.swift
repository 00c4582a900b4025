import Foundation
import JSONText
import TestSupport
import Testing

@testable import Tokenizers

@Suite("Folders with SentencePiece's file alone give the ids of Python's transformers")
struct SentencePieceTests {
    private static let kinds = ["xlm-roberta", "t5", "llama", "llama-legacy"]

    private static var folder: URL { TokenGoldens.folder.appending(path: "sentencepiece") }

    private static func expected(_ kind: String) throws -> JSONValue {
        let data = try Data(contentsOf: folder.appending(path: "expected.json"))
        let root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        return root[kind] ?? .null
    }

    /// Compares digests line by line, and says what was found in the first lines that differ.
    private func compare(
        _ kind: String, _ way: String, _ found: (_ line: String, _ next: String) throws -> [String]
    ) throws {
        let lines = try WholeGoldens.shared.get().lines
        let digests = WholeGoldens.digests(try Self.expected(kind), way)
        #expect(lines.count >= 2000 && digests.count == lines.count)
        var faults: [String] = []
        for (index, digest) in digests.enumerated() {
            let parts = try found(lines[index], lines[(index + 1) % lines.count])
            if WholeGoldens.digest(parts) != digest {
                faults.append("\(index) \(lines[index].debugDescription.prefix(300)): \(parts)")
            }
        }
        let shown = faults.prefix(5).joined(separator: "\n")
        #expect(faults.isEmpty, "\(faults.count) lines differ (\(way)):\n\(shown)")
    }

    @Test("single texts, pairs, and texts that are too long", arguments: kinds)
    func corpus(kind: String) throws {
        let tokenizer = try TokenizerDirectory.open(Self.folder.appending(path: kind).path)
        try compare(kind, "whole") { line, _ in
            let tokens = try tokenizer.tokens(of: line)
            return [
                WholeGoldens.numbers(tokens.map(\.id)),
                tokens.map(\.text).joined(separator: "\0"),
            ]
        }
        try compare(kind, "pair") { line, next in
            let found = try tokenizer.encode(line, with: next, maximumLength: .max)
            return [WholeGoldens.numbers(found.ids), WholeGoldens.numbers(found.segments)]
        }
        try compare(kind, "short") { line, _ in
            [WholeGoldens.numbers(try tokenizer.encode(line, maximumLength: 16).ids)]
        }
    }

    // MARK: Files of others

    /// A field of a message: its number, and bytes with their length, or a number.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + integer(UInt64(bytes.count)) + bytes
    }

    private static func integer(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func piece(_ text: String, score: Float = -1, kind: UInt64 = 1) -> [UInt8] {
        let score = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
        return field(
            1, field(1, Array(text.utf8)) + [2 << 3 | 5] + score + [3 << 3] + integer(kind))
    }

    private static let few = ["<unk>", "<s>", "</s>", "a", "b", "▁"].reduce(into: [UInt8]()) {
        $0 += piece($1)
    }

    private static func trainer(_ model: UInt64) -> [UInt8] { field(2, [3 << 3] + integer(model)) }

    private struct Fault: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let file: String
        let says: String
        var testDescription: String { says }

        init(_ bytes: [UInt8], file: String = "spiece.model", says: String) {
            self.bytes = bytes
            self.file = file
            self.says = says
        }
    }

    private static let faults: [Fault] = [
        Fault([], says: "no pieces"),
        Fault(Array("version https://git-lfs".utf8), says: "wire type"),
        Fault([0x0A], says: "ends inside a number"),
        Fault(
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1], says: "claims 4294967295 bytes, but 1 follow"),
        Fault([0x0A] + Array(repeating: 0xFF, count: 11), says: "more than ten bytes"),
        Fault([0x00, 0x01], says: "no field's number"),
        Fault([0x0B], says: "wire type 3"),
        Fault([0x0D, 1, 2], says: "ends inside a number"),
        Fault(field(1, field(1, [0xFF, 0xFE])), says: "piece 0 is not UTF-8"),
        Fault(piece(""), says: "piece 0 has 0 bytes"),
        Fault(piece(String(repeating: "x", count: 400)), says: "piece 0 has 400 bytes"),
        Fault(few + piece("c", score: .nan), says: "score of piece 6"),
        Fault(few + piece("c", kind: 9), says: "unknown kind 9"),
        Fault(few + piece("c", kind: .max), says: "unknown kind"),
        Fault(few + piece("a"), says: "lists the piece \"a\" twice"),
        Fault(few + trainer(7), says: "unknown kind 7"),
        Fault(few + trainer(2), says: "bytePair"),
        Fault(few + trainer(1), file: "tokenizer.model", says: "unigram"),
        Fault(few + trainer(3), says: "word"),
        Fault(piece("a"), says: "special token </s>"),
        Fault(few + field(3, field(2, [1, 2])), says: "precompiled_charsmap"),
    ]

    @Test("damaged files are refused by name", arguments: faults)
    private func damaged(fault: Fault) throws {
        let folder = try TemporaryFolder()
        try Data(fault.bytes).write(to: folder.url.appending(path: fault.file))
        let error = #expect(throws: TokenizerError.self) {
            try TokenizerDirectory.open(folder.url.path)
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(fault.says) && message.contains(fault.file), "\(message)")
    }

    @Test("a file cut anywhere, or with any byte changed, is read or refused, and nothing else")
    func mutated() throws {
        let whole = try Data(
            contentsOf: Self.folder.appending(path: "t5").appending(path: "spiece.model"))
        var random = SeededRandom(seed: 20_261_121)
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "spiece.model")
        var opened = 0
        for round in 0..<300 {
            var bytes = Array(whole)
            if round % 2 == 0 {
                bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            } else {
                for _ in 0..<3 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
            }
            try Data(bytes).write(to: file)
            do {
                let tokenizer = try TokenizerDirectory.open(folder.url.path)
                opened += 1
                #expect(try tokenizer.encode("a bé 日本 x", maximumLength: 5).ids.count <= 5)
            } catch is TokenizerError {
                continue
            }
        }
        #expect(opened > 0 && opened < 300)
    }

    @Test("what stands beside the file decides, then its name")
    func chosenByName() throws {
        let folder = try TemporaryFolder()
        let bytes = Self.few + Self.trainer(1)
        try Data(bytes).write(to: folder.url.appending(path: "spiece.model"))
        let config = folder.url.appending(path: "tokenizer_config.json")
        #expect(
            try TokenizerDirectory.open(folder.url.path).encode("a", maximumLength: 9).ids
                == [5, 3, 2])
        try Data(#"{"model_type":"xlm-roberta"}"#.utf8).write(
            to: folder.url.appending(path: "config.json"))
        #expect(
            try TokenizerDirectory.open(folder.url.path).encode("a", maximumLength: 9).ids
                == [0, 6, 4, 2])
        try Data(#"{"tokenizer_class":"AlbertTokenizer"}"#.utf8).write(to: config)
        let error = #expect(throws: TokenizerError.self) {
            try TokenizerDirectory.open(folder.url.path)
        }
        #expect(error.map { "\($0)" }?.contains("AlbertTokenizer") == true)
    }
}

@Suite("Texts are cut before runs of ▁ only where no merge reaches over one")
struct MetaspaceMergeTests {
    private struct Case: Sendable {
        let vocabulary: [String]
        let merges: String
        let cuts: Bool
    }

    private static let cases: [Case] = [
        Case(vocabulary: ["▁", "a", "▁a"], merges: "▁ a\n", cuts: true),
        Case(vocabulary: ["▁", "a", "▁▁", "▁▁a"], merges: "▁ ▁\n▁▁ a\n", cuts: true),
        Case(vocabulary: ["▁", "a", "a▁"], merges: "a ▁\n", cuts: false),
        Case(vocabulary: ["▁", "a", "▁a", "a▁a"], merges: "▁ a\na ▁a\n", cuts: false),
        Case(vocabulary: ["b", "a", "ab"], merges: "a b\n", cuts: false),
    ]

    @Test("by the merges", arguments: cases)
    private func cuts(example: Case) throws {
        var vocabulary = Vocabulary(capacity: 8)
        for (id, token) in example.vocabulary.enumerated() { vocabulary.insert(token, id: id) }
        let table = try Array(example.merges.utf8).withUnsafeBytes {
            try MergeList(lines: $0, path: "merges.txt")
                .table(for: vocabulary, prefixLength: 0, path: "merges.txt")
        }
        let model = BytePairModel(vocabulary: vocabulary, merges: table, options: .init())
        #expect(model.wordsBeginAtMetaspaces == example.cuts)
    }

    @Test("before the run, not inside it")
    func places() {
        let text = Array("a▁▁b▁▁▁c▁".utf8)
        var list = WordList(bytes: text, words: [0..<text.count])
        var room = WordRoom()
        list.cutBeforeMetaspaces(room: &room)
        #expect(
            list.words.map { String(decoding: list.bytes[$0], as: UTF8.self) }
                == ["a", "▁▁b", "▁▁▁c", "▁"])
    }
}
