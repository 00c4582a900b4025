import Corpus
import Testing

@testable import Service

@Suite struct CaptionChoiceTests {
    private func passage(
        _ text: String, _ source: PassageSource, _ start: Double, _ language: String? = nil
    ) -> Passage {
        Passage(
            text: text, source: source,
            span: TimeSpan(startSeconds: start, endSeconds: start + 2), language: language)
    }

    private func texts(
        _ passages: [Passage], language: String? = nil, preferred: [String] = []
    ) -> [String] {
        CaptionChoice(of: passages, language: language, preferred: preferred).passages.map(\.text)
    }

    @Test func oneLanguageIsShownTheOneAskedForOrPreferredOrSaidMost() {
        let passages = [
            passage("one", .subtitle, 0, "eng"), passage("two", .subtitle, 2, "eng"),
            passage("eins", .subtitle, 0, "deu"),
        ]
        #expect(texts(passages) == ["one", "two"])
        #expect(texts(passages, language: "de") == ["eins"])
        #expect(texts(passages, preferred: ["fr", "de"]) == ["eins"])
        #expect(texts(passages, language: "en", preferred: ["de"]) == ["one", "two"])
        #expect(texts(passages, language: "ja") == ["one", "two"])
    }

    @Test func aMachinesWordsStandWherePeoplesAreMissing() {
        let passages = [
            passage("subtitle", .subtitle, 0, "eng"), passage("heard there", .transcript, 1),
            passage("heard elsewhere", .transcript, 5),
        ]
        #expect(texts(passages) == ["subtitle", "heard elsewhere"])
        #expect(texts([passages[1]]) == ["heard there"])
        #expect(texts([]) == [])
    }

    @Test func whatIsShownHasTheLanguageOfMostOfIt() {
        func language(_ passages: [Passage]) -> String? {
            CaptionChoice(of: passages, language: nil, preferred: []).language
        }
        let german = [passage("eins", .subtitle, 0, "deu"), passage("zwei", .subtitle, 2, "deu")]
        #expect(language(german + [passage("one", .subtitle, 0, "eng")]) == "deu")
        #expect(language(german + [passage("three", .transcript, 4, "eng")]) == "deu")
        #expect(language([passage("eins", .subtitle, 0)]) == nil)
        #expect(language([passage("a tag", .tag, 0, "eng")]) == nil)
        #expect(language([]) == nil)
    }

    @Test func ofAsManyInTwoLanguagesTheChoiceIsAlwaysTheSame() {
        let passages = [passage("un", .subtitle, 0, "fra"), passage("one", .subtitle, 0, "eng")]
        #expect(texts(passages) == texts(passages.reversed()))
        #expect(texts(passages).count == 1)
    }
}
