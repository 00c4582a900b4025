import Foundation
import JSONText
import Testing
import Tokenizers

@Suite("Tokenizer files are found, and bad ones refused by name")
struct TokenizerDirectoryTests {
    /// A directory for one test, removed with it.
    final class Folder {
        let path = NSTemporaryDirectory() + "reel-tokenizers-" + UUID().uuidString

        init(_ files: [String: String]) throws {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    static let specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"

    private func open<Value>(
        _ files: [String: String], _ body: (any Tokenizer) throws -> Value
    ) throws -> Value {
        let folder = try Folder(files)
        return try withExtendedLifetime(folder) {
            try body(TokenizerDirectory.open(folder.path))
        }
    }

    private func error(_ files: [String: String]) -> TokenizerError? {
        #expect(throws: TokenizerError.self) { try open(files) { _ in } }
    }

    // MARK: Too long texts

    private struct Cut: Sendable {
        let json: String
        let configuration: String
        let single: [Int]
        let pair: [Int]
    }

    /// Ten letters between `[CLS]` and `[SEP]`.
    private static func letters(truncation: String) -> String {
        let letters = "abcdefghij".enumerated().map { "\"\($1)\":\($0 + 3)" }.joined(separator: ",")
        return """
            {"truncation":\(truncation),"pre_tokenizer":{"type":"WhitespaceSplit"},
            "post_processor":{"type":"BertProcessing","cls":["[CLS]",1],"sep":["[SEP]",2]},
            "model":{"type":"WordLevel","unk_token":"[UNK]",
            "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,\(letters)}}}
            """
    }

    private static let right = (single: [1, 3, 4, 5, 6, 2], pair: [1, 3, 4, 5, 2, 8, 9, 2])
    private static let left = (single: [1, 7, 8, 9, 10, 2], pair: [1, 5, 6, 7, 2, 10, 11, 2])

    /// As `tokenizers` 0.23.3 cuts `a b c d e f g h` to 6 and `a b c d e` with `f g h i` to 8: a
    /// stride says how what was cut off overlaps, and changes nothing here.
    private static let cuts: [Cut] = [
        Cut(
            json: letters(truncation: "null"), configuration: "{}", single: right.single,
            pair: right.pair),
        Cut(
            json: letters(
                truncation:
                    #"{"direction":"Right","max_length":6,"strategy":"LongestFirst","stride":2}"#),
            configuration: "{}", single: right.single, pair: right.pair),
        Cut(
            json: letters(
                truncation:
                    #"{"direction":"Left","max_length":6,"strategy":"LongestFirst","stride":2}"#),
            configuration: "{}", single: left.single, pair: left.pair),
        Cut(
            json: letters(truncation: "null"), configuration: #"{"truncation_side":"left"}"#,
            single: left.single, pair: left.pair),
    ]

    @Test("texts are cut on the side that the files name", arguments: cuts)
    private func truncation(cut: Cut) throws {
        try open(["tokenizer.json": cut.json, "tokenizer_config.json": cut.configuration]) {
            tokenizer throws in
            let found = try tokenizer.encode("a b c d e f g h", maximumLength: 6)
            #expect(found.ids == cut.single && found.isTruncated)
            let pair = try tokenizer.encode("a b c d e", with: "f g h i", maximumLength: 8)
            #expect(pair.ids == cut.pair && pair.isTruncated)
        }
    }

    // MARK: tokenizer.json

    static func wordPieceJSON(normalizer: String) -> String {
        """
        {"added_tokens":[{"id":0,"content":"[UNK]"},{"id":1,"content":"<s>"},
        {"id":2,"content":"</s>"}],
        "normalizer":\(normalizer),
        "post_processor":{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
        {"SpecialToken":{"id":"</s>","type_id":0}}],
        "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
        "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]},
        "</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"@@",
        "max_input_chars_per_word":5,
        "vocab":{"[UNK]":0,"<s>":1,"</s>":2,"Ab":3,"ab":4,"@@c":5,"é":6,"e":7}}}
        """
    }

    @Test("tokenizer.json alone gives vocabulary, case, prefix, limit and special tokens")
    func wholeFile() throws {
        let cased = Self.wordPieceJSON(
            normalizer: #"{"type":"BertNormalizer","lowercase":false}"#)
        try open(["tokenizer.json": cased]) { tokenizer throws in
            #expect(try tokenizer.encode("Abc é", maximumLength: 9).ids == [1, 3, 5, 6, 2])
            #expect(try tokenizer.encode("abccccc", maximumLength: 9).ids == [1, 0, 2])
            #expect(tokenizer.token(for: 5) == "@@c" && tokenizer.token(for: 99) == nil)
        }
        let uncased = Self.wordPieceJSON(
            normalizer: #"{"type":"BertNormalizer","lowercase":true,"strip_accents":null}"#)
        try open(["tokenizer.json": uncased]) { tokenizer throws in
            #expect(try tokenizer.encode("Abc é", maximumLength: 9).ids == [1, 4, 5, 7, 2])
        }
    }

    @Test("tokenizer.json of CLIP, with merges as strings or as pairs, equals the older files")
    func wholeCLIP() throws {
        let goldens = try TokenGoldens()
        let folder = TokenGoldens.directory("clip")
        let vocabulary = try String(contentsOfFile: folder + "/vocab.json", encoding: .utf8)
        let merges = try String(contentsOfFile: folder + "/merges.txt", encoding: .utf8)
            .split(separator: "\n").dropFirst().map(String.init)
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let strings = merges.map(quoted).joined(separator: ",")
        let pairs = merges.map { merge in
            "[" + merge.split(separator: " ").map(String.init).map(quoted).joined(separator: ",")
                + "]"
        }.joined(separator: ",")
        let (start, end) = (1329, 1330)  // the vocabulary's last two
        for list in [strings, pairs] {
            let json = Self.clipJSON(
                vocabulary: vocabulary, merges: list, ids: (start, end))
            try open(["tokenizer.json": json]) { tokenizer throws in
                for (line, ids) in zip(goldens.lines, goldens.ids("clip")) {
                    #expect(
                        try tokenizer.encode(line, maximumLength: goldens.maximumLength).ids == ids)
                }
            }
        }
    }

    /// CLIP's as transformers writes it, around a vocabulary and merges.
    private static func clipJSON(
        vocabulary: String, merges: String, ids: (start: Int, end: Int)
    ) -> String {
        """
        {"added_tokens":[{"id":\(ids.start),"content":"<|startoftext|>"},
        {"id":\(ids.end),"content":"<|endoftext|>"}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace",
        "pattern":{"Regex":"\\\\s+"},"content":" "},{"type":"Lowercase"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":
        "<\\\\|startoftext\\\\|>|<\\\\|endoftext\\\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"},
        "behavior":"Removed","invert":true},{"type":"ByteLevel","add_prefix_space":false}]},
        "post_processor":{"type":"RobertaProcessing","sep":["<|endoftext|>",\(ids.end)],
        "cls":["<|startoftext|>",\(ids.start)]},
        "model":{"type":"BPE","unk_token":"<|endoftext|>","end_of_word_suffix":"</w>",
        "vocab":\(vocabulary),"merges":[\(merges)]}}
        """
    }

    @Test("where the small file is silent about case, tokenizer.json decides")
    func silentAboutCase() throws {
        let json = Self.wordPieceJSON(
            normalizer: #"{"type":"BertNormalizer","lowercase":false}"#)
        let files = ["vocab.txt": Self.specials + "ab\n", "tokenizer.json": json]
        try open(files.merging(["tokenizer_config.json": "{}"]) { $1 }) { tokenizer throws in
            #expect(try tokenizer.encode("AB", maximumLength: 9).ids == [1, 0, 2])
        }
        try open(files.merging(["tokenizer_config.json": #"{"do_lower_case":true}"#]) { $1 }) {
            tokenizer throws in
            #expect(try tokenizer.encode("AB", maximumLength: 9).ids == [1, 4, 2])
        }
    }

    @Test("lines of vocab.txt may end as on Windows, and of a repeated token the last counts")
    func lines() throws {
        let text = (Self.specials + "ab\nab\n").replacing("\n", with: "\r\n")
        try open(["vocab.txt": text]) { tokenizer throws in
            #expect(try tokenizer.encode("ab", maximumLength: 9).ids == [2, 6, 3])
        }
    }

    @Test("added tokens are matched as written, the longest first")
    func added() throws {
        let files = [
            "vocab.txt": Self.specials + "a\nb\n",
            "added_tokens.json": #"{"<x>":7,"<x>y":8}"#,
        ]
        try open(files) { tokenizer throws in
            #expect(
                try tokenizer.encode("a<x>b<x>y a", maximumLength: 9).ids == [2, 5, 7, 6, 8, 5, 3])
        }
    }

    // MARK: Truncation

    @Test("a longer text keeps its beginning and the closing token")
    func truncation() throws {
        try open(["vocab.txt": Self.specials + "a\nb\n"]) { tokenizer throws in
            let whole = try tokenizer.encode("a b a", maximumLength: 5)
            #expect(whole == Encoding(ids: [2, 5, 6, 5, 3], isTruncated: false))
            let cut = try tokenizer.encode("a b a", maximumLength: 4)
            #expect(cut == Encoding(ids: [2, 5, 6, 3], isTruncated: true))
            #expect(try tokenizer.encode("a b a", maximumLength: 2).ids == [2, 3])
            #expect(try tokenizer.encode("", maximumLength: 2).isTruncated == false)
        }
    }

    @Test("a word of 40 000 letters takes moments", arguments: ["bert-uncased", "clip"])
    func longWord(name: String) throws {
        let tokenizer = try TokenizerDirectory.open(TokenGoldens.directory(name))
        for letter in ["a", "é", "!", "字"] {
            let text = String(repeating: letter, count: 40_000)
            #expect(try tokenizer.encode(text, maximumLength: 77).ids.count <= 77)
        }
    }

    // MARK: Faults

    @Test("a directory without a tokenizer is refused")
    func none() throws {
        guard case .noVocabulary = error([:]) else {
            Issue.record("expected noVocabulary")
            return
        }
    }

    @Test(
        "ids that are negative, fractional or enormous are refused with their token",
        arguments: ["-1", "1.5", "99999999999", "1e999"])
    func ids(id: String) {
        let found = error(["vocab.json": "{\"bad\":\(id)}", "merges.txt": ""])
        guard case .idOutOfRange(_, "bad") = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test("faults of every file are named")
    func faults() throws {
        let clip = #"{"<|startoftext|>":0,"<|endoftext|>":1,"a</w>":2}"#
        let cases: [([String: String], (TokenizerError) -> Bool)] = [
            (
                ["vocab.json": #"{"a":1,"b":1}"#, "merges.txt": ""],
                { if case .repeatedID(_, 1) = $0 { true } else { false } }
            ),
            (
                ["vocab.json": "{\"a\":\"x\"}", "merges.txt": ""],
                { if case .malformedJSON = $0 { true } else { false } }
            ),
            (
                ["vocab.json": String(repeating: "[", count: 600), "merges.txt": ""],
                { if case .malformedJSON = $0 { true } else { false } }
            ),
            (
                [
                    "vocab.json": #"{"<s>":0,"hello":1}"#, "merges.txt": "",
                    "tokenizer_config.json": #"{"tokenizer_class":"MarianTokenizer"}"#,
                ],
                { if case .unsupported(_, _, "MarianTokenizer", _) = $0 { true } else { false } }
            ),
            (
                ["vocab.json": clip, "merges.txt": "a </w>\n"],
                { if case .unknownMerge(_, 1, "a") = $0 { true } else { false } }
            ),
            (
                ["spiece.model": "x"],
                { if case .malformedSentencePiece = $0 { true } else { false } }
            ),
            (
                [
                    "tokenizer.json":
                        #"{"truncation":{"direction":"Up"},"model":{"type":"BPE","vocab":{},"merges":[]}}"#
                ],
                {
                    if case .unsupported(_, "truncation.direction", "Up", _) = $0 {
                        true
                    } else {
                        false
                    }
                }
            ),
            (
                ["vocab.json": clip, "merges.txt": "#version: 0.2\na b\nabc\n"],
                { if case .malformedMerge(_, 2) = $0 { true } else { false } }
            ),
            (
                ["vocab.json": clip, "merges.txt": "a b c\n"],
                { if case .malformedMerge(_, 1) = $0 { true } else { false } }
            ),
            (
                ["vocab.json": #"{"!</w>":2}"#, "merges.txt": ""],
                { if case .missingSpecialToken(_, "<|startoftext|>") = $0 { true } else { false } }
            ),
            (
                ["vocab.txt": "a\nb\n"],
                { if case .missingSpecialToken(_, "[CLS]") = $0 { true } else { false } }
            ),
            (
                ["tokenizer.json": #"{"model":{"type":"WordPiece"}}"#],
                { if case .missingField(_, "model.vocab") = $0 { true } else { false } }
            ),
            (
                ["tokenizer.json": #"{"model":[]}"#],
                { if case .missingField(_, "model") = $0 { true } else { false } }
            ),
            (
                ["vocab.txt": Self.specials, "added_tokens.json": #"{"x":-3}"#],
                { if case .idOutOfRange(_, "x") = $0 { true } else { false } }
            ),
        ]
        for (files, isExpected) in cases {
            let found = error(files)
            #expect(found.map(isExpected) == true, "\(files): \(String(describing: found))")
        }
    }
}
