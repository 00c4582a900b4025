import Corpus
import Testing

@testable import Ingest

@Suite struct TextChunkerTests {
    private func texts(_ text: String, isMarkdown: Bool = false, mostWords: Int = 60) -> [String] {
        var chunker = TextChunker()
        chunker.mostWords = mostWords
        return chunker.chunks(of: text, isMarkdown: isMarkdown).passages.map(\.text)
    }

    @Test func paragraphsStayApartAndLinesOfOneAreJoined() {
        #expect(texts("One line\nand its next.\n\nTwo.") == ["One line and its next.", "Two."])
    }

    @Test func aLongParagraphIsCutWhereSentencesEnd() {
        #expect(
            texts("A b c. D e f. G h i j k l m.", mostWords: 6) == [
                "A b c. D e f.", "G h i j k l", "m.",
            ])
    }

    @Test func aHeadingGoesWithTheParagraphBelowIt() {
        let chunks = TextChunker().chunks(
            of: "# Budget\n\nWe need *more* [money](http://x).\n\nAnd time.", isMarkdown: true)
        #expect(chunks.title == "Budget")
        #expect(chunks.passages.map(\.text) == ["Budget: We need more money.", "And time."])
        #expect(chunks.passages.allSatisfy { $0.source == .text && $0.span == nil })
    }

    private static let markdown: [(markdown: String, passages: [String])] = [
        ("- milk\n- eggs", ["milk", "eggs"]), ("1. first\n2) second", ["first", "second"]),
        ("| a | b |\n|---|---|\n| c | d |", ["a b", "c d"]), ("a\n\n---\n\nb", ["a", "b"]),
        ("> quoted `code`", ["quoted code"]), ("![alt text](x.png)", ["alt text"]),
        ("#hashtag is no heading", ["#hashtag is no heading"]), ("## ", []),
        ("2 \\* 3", ["2 * 3"]), ("# Only a heading", ["Only a heading"]),
    ]

    @Test(arguments: markdown)
    func ofMarkdownOnlyTheWordsAreKept(markdown: String, passages: [String]) {
        #expect(texts(markdown, isMarkdown: true) == passages)
    }

    @Test func plainTextKeepsItsMarks() {
        #expect(texts("# not a heading") == ["# not a heading"])
    }

    @Test func whatIsBeyondTheMostPassagesIsLeftOutAndSaid() {
        var chunker = TextChunker()
        chunker.mostPassages = 2
        let chunks = chunker.chunks(of: "a\n\nb\n\nc", isMarkdown: false)
        #expect(chunks.passages.count == 2)
        #expect(chunks.isCutShort)
    }
}
