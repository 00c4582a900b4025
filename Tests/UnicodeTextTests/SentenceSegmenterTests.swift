import Testing
import UnicodeText

@Suite struct SentenceSegmenterTests {
    private static let texts: [(text: String, sentences: [String])] = [
        ("", []),
        (" \n ", []),
        ("No end", ["No end"]),
        ("One.  Two?\nThree! Four", ["One.", "Two?", "Three!", "Four"]),
        ("Mr. Smith left. He ran.", ["Mr. Smith left.", "He ran."]),
        ("It costs 3.50 today. Fine.", ["It costs 3.50 today.", "Fine."]),
        ("I met Dr. J. Doe. 1. First. 2. Next.", ["I met Dr. J. Doe.", "1. First.", "2. Next."]),
        ("“Go.” They went.", ["“Go.”", "They went."]),
        ("我来了。他走了吗？走。", ["我来了。", "他走了吗？", "走。"]),
    ]

    @Test(arguments: texts)
    func sentencesEndWhereReadersEndThem(text: String, sentences: [String]) throws {
        #expect(try SentenceSegmenter.sentences(of: text) == sentences)
    }
}
