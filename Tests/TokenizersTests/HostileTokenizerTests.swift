import Foundation
import TestSupport
import Testing
import Tokenizers

/// Row T8 of the fault list: what strangers may put into `tokenizer.json`.
@Suite("A tokenizer.json that is wrong is refused by name, and never brings the program down")
struct HostileTokenizerTests {
    /// A file of small parts around a given one.
    private static func file(
        model: String = #"{"type":"WordLevel","vocab":{"a":0,"b":1},"unk_token":"a"}"#,
        normalizer: String = "null", preTokenizer: String = "null", postProcessor: String = "null",
        added: String = "[]", padding: String = "null"
    ) -> String {
        """
        {"version":"1.0","added_tokens":\(added),"normalizer":\(normalizer),
        "pre_tokenizer":\(preTokenizer),"post_processor":\(postProcessor),"padding":\(padding),
        "model":\(model)}
        """
    }

    private static func open(_ json: String) throws -> any Tokenizer {
        let folder = try TemporaryFolder()
        try Data(json.utf8).write(to: folder.url.appending(path: "tokenizer.json"))
        return try TokenizerDirectory.open(folder.url.path)
    }

    private static func message(_ json: String) -> String {
        do {
            _ = try open(json)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private struct Fault: Sendable, CustomTestStringConvertible {
        let json: String
        /// What the message must have.
        let says: [String]
        var testDescription: String { says.joined(separator: ", ") }
    }

    private static func nested(_ type: String, _ key: String, _ depth: Int) -> String {
        String(repeating: #"{"type":"\#(type)","\#(key)":["#, count: depth)
            + String(repeating: "]}", count: depth)
    }

    private static let faults: [Fault] = [
        Fault(
            json: file(model: #"{"type":"Morfessor","vocab":{}}"#),
            says: ["model", "Morfessor", "Unigram, WordLevel, WordPiece"]),
        Fault(
            json: file(normalizer: #"{"type":"Martian"}"#),
            says: ["normalizer", "Martian", "NFKC", "Precompiled"]),
        Fault(
            json: file(preTokenizer: #"{"type":"UnicodeScripts"}"#),
            says: ["pre_tokenizer", "UnicodeScripts", "Metaspace"]),
        Fault(
            json: file(postProcessor: #"{"type":"Wrapping"}"#),
            says: ["post_processor", "Wrapping", "TemplateProcessing"]),
        Fault(
            json: file(
                preTokenizer: #"{"type":"Split","pattern":{"String":"a"},"behavior":"Lost"}"#),
            says: ["behavior", "Lost", "MergedWithNext"]),
        Fault(
            json: file(
                preTokenizer: #"{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Removed"}"#),
            says: ["pre_tokenizer.pattern", "(a"]),
        Fault(
            json: file(preTokenizer: #"{"type":"Metaspace","replacement":"ab"}"#),
            says: ["pre_tokenizer.replacement"]),
        Fault(
            json: file(
                preTokenizer: #"{"type":"Metaspace","replacement":"_","prepend_scheme":"last"}"#),
            says: ["prepend_scheme", "last", "always, never, first"]),
        Fault(
            json: file(preTokenizer: #"{"type":"FixedLength","length":0}"#),
            says: ["pre_tokenizer.length"]),
        Fault(json: file(normalizer: nested("Sequence", "normalizers", 40)), says: ["nested"]),
        Fault(json: file(preTokenizer: nested("Sequence", "pretokenizers", 40)), says: ["nested"]),
        Fault(json: file(postProcessor: nested("Sequence", "processors", 40)), says: ["nested"]),
        Fault(json: String(repeating: "[", count: 600), says: ["an object was expected"]),
        Fault(
            json: file(normalizer: nested("Sequence", "normalizers", 600)), says: ["512 deep"]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0}}"#), says: ["model.merges"]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0},"merges":["a b"]}"#),
            says: ["merge number 1", "\"b\""]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}"#),
            says: ["merge number 1", "\"ab\""]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}"#),
            says: ["merge number 1"]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[["a","a","a"]]}"#),
            says: ["merge number 1"]),
        Fault(
            json: file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.5}"#),
            says: ["dropout", "0.5"]),
        Fault(
            json: file(model: #"{"type":"WordLevel","vocab":{"a":-1}}"#),
            says: ["\"a\"", "negative"]),
        Fault(
            json: file(model: #"{"type":"WordLevel","vocab":{"a":99999999999}}"#), says: ["\"a\""]),
        Fault(json: file(model: #"{"type":"WordLevel","vocab":{"a":3,"b":3}}"#), says: ["id 3"]),
        Fault(
            json: file(model: #"{"type":"WordPiece","vocab":{"a":0}}"#), says: ["[UNK]"]),
        Fault(
            json: file(model: #"{"type":"Unigram","vocab":[["a",-1]],"unk_id":7}"#),
            says: ["unk_id"]),
        Fault(
            json: file(model: #"{"type":"Unigram","vocab":[["a",-1]],"unk_id":-7}"#),
            says: ["unk_id"]),
        Fault(
            json: file(model: #"{"type":"Unigram","vocab":[["a",NaN]],"unk_id":0}"#),
            says: ["number"]),
        Fault(json: file(model: #"{"type":"Unigram","vocab":[["a"]]}"#), says: ["number"]),
        Fault(json: file(model: #"{"type":"Unigram","vocab":{"a":0}}"#), says: ["model.vocab"]),
        Fault(json: file(model: #"{"type":"WordPiece","vocab":[["a",0]]}"#), says: ["model.vocab"]),
        Fault(
            json: file(added: #"[{"id":5,"content":"x"},{"id":5,"content":"y"}]"#), says: ["id 5"]),
        Fault(json: file(added: #"[{"id":-5,"content":"x"}]"#), says: ["\"x\"", "negative"]),
        Fault(json: file(added: #"[{"id":5}]"#), says: ["added_tokens"]),
        Fault(
            json: file(postProcessor: #"{"type":"BertProcessing","sep":["x"],"cls":["y",0]}"#),
            says: ["post_processor.cls", "post_processor.sep"]),
        Fault(
            json: file(
                postProcessor: """
                    {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<x>","type_id":0}}],
                    "pair":[],"special_tokens":{}}
                    """),
            says: ["<x>"]),
        Fault(
            json: file(
                postProcessor: """
                    {"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],
                    "pair":[],"special_tokens":{}}
                    """),
            says: ["post_processor.single", "second"]),
        Fault(
            json: file(padding: #"{"strategy":{"Fixed":-3},"direction":"Right"}"#),
            says: ["padding.strategy"]),
        Fault(
            json: file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"*"}"#),
            says: ["precompiled_charsmap", "base64"]),
        Fault(
            json: file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"AAA="}"#),
            says: ["precompiled_charsmap", "header"]),
        Fault(
            json: file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"////fwAA"}"#),
            says: ["precompiled_charsmap", "does not fit"]),
        Fault(
            json: "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"\u{1}\":0}}}", says: ["control"]),
    ]

    @Test("faults are named", arguments: faults)
    private func fault(fault: Fault) {
        let message = Self.message(fault.json)
        // Where two are named, one is enough: they are checked in no promised order.
        let named = fault.says.filter { message.contains($0) }
        #expect(!message.isEmpty && !named.isEmpty, "\(message)")
        if fault.says.count > 1, !fault.says[0].hasPrefix("post_processor.") {
            #expect(named.count == fault.says.count, "\(message)")
        }
    }

    @Test("a trie that points anywhere finds nothing or something, but never reads outside")
    func wildTrie() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let trie = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
            let blob = Data([64, 0, 0, 0] + trie + Array("abc\0def".utf8))
            let tokenizer = try Self.open(
                Self.file(
                    normalizer:
                        #"{"type":"Precompiled","precompiled_charsmap":"\#(blob.base64EncodedString())"}"#
                ))
            let text = String(
                decoding: (0..<200).map { _ in UInt8.random(in: 0...255) }, as: UTF8.self)
            #expect(try tokenizer.encode(text, maximumLength: 9).ids.count <= 9)
        }
    }

    private static func split(_ pattern: String) -> String {
        #"{"type":"Split","pattern":{"Regex":"\#(pattern)"},"behavior":"Isolated","invert":false}"#
    }

    private struct Hang: Sendable, CustomTestStringConvertible {
        let json: String
        let text: String
        var testDescription: String { String(json.drop { $0 != "R" }.prefix(30)) }
    }

    private static let longRun = String(repeating: "a", count: 4_000) + "!"
    /// As many words as the budget of one would last minutes for.
    private static let manyRuns = Array(
        repeating: String(repeating: "a", count: 40) + "!", count: 500
    ).joined(separator: " ")

    private static let hangs: [Hang] = [
        Hang(json: file(preTokenizer: split("(a+)+$x")), text: longRun),
        Hang(json: file(preTokenizer: split("(a|aa)+$x")), text: longRun),
        Hang(
            json: file(preTokenizer: split("(?:a|b)+c?")),
            text: String(repeating: "ab", count: 600_000)),
        Hang(
            json: file(
                preTokenizer:
                    #"{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},\#(split("(a+)+$x"))]}"#
            ), text: manyRuns),
        Hang(
            json: file(
                normalizer:
                    #"{"type":"Replace","pattern":{"Regex":"(a+)+$x"},"content":"b"}"#),
            text: longRun),
    ]

    @Test(
        "a pattern that backtracks for ever is an error that says what to do, soon",
        arguments: hangs)
    private func catastrophicPattern(hang: Hang) throws {
        let tokenizer = try Self.open(hang.json)
        let error = #expect(throws: TokenizerError.self) {
            try tokenizer.encode(hang.text, maximumLength: 9)
        }
        guard case .patternGaveUp(let path, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.hasSuffix("tokenizer.json") && reason.contains("regular expression ("))
        let named = try #require(error)
        #expect(named.description.contains("shorter text"))
        #expect(throws: named) { try tokenizer.words(of: hang.text, atMost: 3) }
        #expect(throws: named) { try tokenizer.tokens(of: hang.text) }
        // The next text is another matter.
        #expect(try tokenizer.encode("b", maximumLength: 9).ids == [1])
    }

    @Test("the budget is for hostile patterns: usual ones take megabytes of text")
    func longText() throws {
        let pattern = "[^\\r\\n\\p{L}]?[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+|\\p{N}{1,2}| ?[^\\s\\p{L}]+"
        let tokenizer = try Self.open(
            Self.file(preTokenizer: Self.split(pattern.replacing("\\", with: "\\\\"))))
        let text = String(repeating: "Some words and 123 numbers, again; ", count: 60_000)
        #expect(try tokenizer.encode(text, maximumLength: .max).ids.count >= 60_000 * 8)
    }

    @Test("dropout of 0 is none, as is null", arguments: ["0.0", "0", "null"])
    func noDropout(value: String) throws {
        let tokenizer = try Self.open(
            Self.file(
                model:
                    #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"],"dropout":\#(value)}"#
            ))
        #expect(try tokenizer.encode("abab", maximumLength: 9).ids == [2, 2])
    }

    @Test("ids with gaps are kept, and of a repeated word the last counts")
    func gaps() throws {
        let tokenizer = try Self.open(
            Self.file(model: #"{"type":"WordLevel","vocab":{"a":7,"b":4000}}"#))
        #expect(try tokenizer.encode("b", maximumLength: 9).ids == [4000])
        #expect(tokenizer.token(for: 7) == "a" && tokenizer.token(for: 8) == nil)
    }
}
