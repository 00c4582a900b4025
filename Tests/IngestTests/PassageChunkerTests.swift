import Corpus
import Testing

@testable import Ingest

@Suite struct PassageChunkerTests {
    private func cue(
        _ start: Double, _ end: Double, _ text: String, language: String? = nil
    ) -> Passage {
        Passage(
            text: text, source: .subtitle,
            span: TimeSpan(startSeconds: start, endSeconds: end), language: language)
    }

    @Test func cuesOfOneSentenceBecomeOnePassage() {
        let passages = PassageChunker().passages(from: [
            cue(0, 2, "The budget of next year"), cue(2, 4, "grows by four per cent,"),
            cue(4, 6, "most of it for the schools of the northern district."),
            cue(6, 8, "Now to the roads."),
        ])
        #expect(passages.map(\.text).first?.hasSuffix("district.") == true)
        #expect(passages.map(\.span?.startSeconds) == [0, 6])
        #expect(passages.map(\.span?.endSeconds) == [6, 8])
    }

    @Test func aPauseOrAnotherLanguageStartsAPassage() {
        let passages = PassageChunker().passages(from: [
            cue(0, 2, "one"), cue(5, 6, "two"), cue(6, 7, "drei", language: "de"),
        ])
        #expect(passages.count == 3)
    }

    @Test func noPassageIsLongerThanItsLimits() {
        let cues = (0..<100).map { cue(Double($0), Double($0) + 1, "word word word word") }
        let chunker = PassageChunker()
        for passage in chunker.passages(from: cues) {
            #expect(passage.text.split(separator: " ").count <= chunker.mostWords)
            #expect((passage.span?.durationSeconds ?? 0) <= chunker.longestSeconds)
        }
    }

    @Test func textAboutTheWholeAssetStaysAlone() {
        let title = Passage(text: "a title", source: .title)
        #expect(PassageChunker().passages(from: [title, title]).count == 2)
    }
}
