import Corpus
import TestSupport
import Testing
import TextSearch
import UnicodeText

@Suite struct SnippetTests {
    private func snippet(
        _ text: String, _ terms: [String: Double], _ maximumCharacters: Int = 160
    ) throws -> Snippet {
        let (store, _) = try newStore()
        let row = try store.add(Passage(text: text, source: .title), asset: asset(1), ordinal: 0)
        return try #require(
            try store.snippet(row: row, terms: terms, maximumCharacters: maximumCharacters))
    }

    @Test(arguments: [
        ("The Dog runs.", "The [Dog] runs."),
        ("dog", "[dog]"),
        ("no match", "no match"),
        ("", ""),
        ("two\nlines\tdog\u{1}.", "two lines [dog] ."),
        ("Dógs and döG!", "[Dógs] and [döG]!"),
        ("dog_dog.dog", "[dog]_[dog].[dog]"),
        ("狗 dog 👩‍👩‍👧dog", "狗 [dog] 👩‍👩‍👧[dog]"),
    ])
    func matchesAreMarked(text: String, marked: String) throws {
        let snippet = try snippet(text, ["dog": 1])
        #expect(snippet.marked(open: "[", close: "]") == marked)
        #expect(snippet.text == marked.filter { $0 != "[" && $0 != "]" })
    }

    @Test func chineseWordsAreMarked() throws {
        let snippet = try snippet("我爱北京天安门", ["北京": 1])
        #expect(snippet.marked(open: "<", close: ">") == "我爱<北京>天安门")
    }

    @Test func aLongTextIsCutAroundItsMatchesBetweenWords() throws {
        let filler = (0..<100).map { "word\($0)" }.joined(separator: " ")
        let snippet = try snippet(filler + " needle " + filler, ["needle": 1], 40)
        #expect(snippet.text.count <= 40)
        #expect(snippet.text == "…word98 word99 needle word0 word1…")
        #expect(snippet.pieces.filter(\.isMatch).map(\.text) == ["needle"])
    }

    @Test func theStretchWithMoreDifferentWordsWins() throws {
        let filler = String(repeating: "so ", count: 100)
        let text = "red red red red " + filler + "red and blue " + filler
        let snippet = try snippet(text, ["red": 1, "blue": 1], 60)
        #expect(Set(snippet.pieces.filter(\.isMatch).map(\.text)) == ["red", "blue"])
    }

    @Test func withoutAMatchTheBeginningIsShown() throws {
        let snippet = try snippet("The beginning of a long text", ["absent": 1], 14)
        #expect(snippet.text == "The beginning…")
    }

    @Test func noSuchRowGivesNothing() throws {
        let (store, _) = try newStore()
        #expect(try store.snippet(row: 1, terms: ["a": 1]) == nil)
    }

    @Test(arguments: 0..<300)
    func anySnippetFitsAndComesFromItsText(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = ["red ", "blue", "青", "👩‍👩‍👧", "e\u{301}", "\n", " ", "_", ".", "\u{301}", "x"]
        let text = (0..<Int.random(in: 0...60, using: &random))
            .map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
        let limit = Int.random(in: 2...40, using: &random)
        let snippet = try snippet(text, ["red": 1, "blue": 2, "青": 1], limit)
        #expect(snippet.text.count <= limit)
        #expect(snippet.pieces.allSatisfy { !$0.text.isEmpty })
        for piece in snippet.pieces where piece.isMatch {
            #expect(["red", "blue", "青"].contains(TextFolding.fold(piece.text)), "\(piece.text)")
        }
        if text.count <= limit {
            let letters = { (text: String) in text.unicodeScalars.filter(\.properties.isAlphabetic)
            }
            #expect(letters(snippet.text).elementsEqual(letters(text)))
            #expect(!snippet.text.contains("…"))
        }
    }
}
