import Corpus
import TestSupport
import Testing
import TextSearch

@Suite struct StemmingTests {
    @Test(arguments: [
        ("running dogs", "en", "run dog"),
        ("running dogs", "eng", "runs"),
        ("running dogs", nil, "RUN"),
        ("running dogs", "und", "dog"),
        ("die Häuser", "de", "Haus"),
        ("die Häuser", "deu", "hauser"),
        ("les maisons", "fra", "maison"),
        ("las canciones", "es", "canción"),
        ("las canciones", "es-MX", "cancion"),
        ("красные машины", "ru", "красная машина"),
        ("красный", "rus", "красного"),
        ("Ёлки", "ru", "елка"),
    ])
    func aWordIsFoundByItsOtherForms(text: String, language: String?, query: String) throws {
        let (store, _) = try newStore()
        try store.add(
            Passage(text: text, source: .subtitle, language: language), asset: asset(1),
            ordinal: 0)
        for word in query.split(separator: " ") {
            #expect(try store.search(String(word), limit: 1).matches.count == 1, "\(word)")
        }
        #expect(try store.integrityCheck().isEmpty)
    }

    @Test(arguments: [
        ("koty biegają", "pl", "kot"), ("running", "pol", "run"), ("running", "zz", "run"),
        ("running", "porter", "run"), ("running", "ENGLISH", "run"), ("бегущий", nil, "бегущая"),
    ])
    func withoutAStemmerWordsStayAsTheyAre(text: String, language: String?, query: String) throws {
        let (store, _) = try newStore()
        try store.add(
            Passage(text: text, source: .subtitle, language: language), asset: asset(1),
            ordinal: 0)
        #expect(try store.search(query, limit: 1).matches.isEmpty)
        #expect(try store.search(text, limit: 1).matches.count == 1)
    }

    @Test func languagesOfOneLibraryAreAllSearched() throws {
        let (store, _) = try newStore()
        for (number, (text, language)) in [
            ("nationalities", "en"), ("nationalités", "fr"), ("nationalities", "pl"),
        ].enumerated() {
            try store.add(
                Passage(text: text, source: .subtitle, language: language),
                asset: asset(Int64(number)), ordinal: 0)
        }
        let found = try store.search("nationalities", limit: 9)
        #expect(Set(found.matches.map(\.asset.value)).isSuperset(of: [0, 2]))
        #expect(found.queryTerms.map(\.term) == ["nationalities"])
        #expect(try store.search("nationalité", limit: 9).matches.contains { $0.asset == asset(1) })
    }

    @Test(arguments: [
        ("She was running, and ran", "run", "She was [running], and ran"),
        ("我爱北京大学的图书馆", "京大", "我爱北[京大]学的图书馆"),
        ("holidays and holy days", "holi*", "[holidays] and holy days"),
        ("a red boat", "\"red boat\"", "a [red] [boat]"),
    ])
    func snippetsMarkWordsAsTheyStand(text: String, query: String, marked: String) throws {
        let (store, _) = try newStore()
        try store.add(Passage(text: text, source: .title), asset: asset(1), ordinal: 0)
        let match = try #require(
            try store.search(TextQuery(parsing: query), limit: 1).matches.first)
        let snippet = try store.snippet(row: match.row, terms: match.terms)
        #expect(snippet?.marked(open: "[", close: "]") == marked)
    }

    /// 研究生命起源 is cut into 研究 生命 起源, while 研究生 alone is a word.
    @Test func chineseIsFoundHoweverItWasCut() throws {
        let (store, _) = try newStore()
        try store.add(Passage(text: "研究生命起源", source: .title), asset: asset(1), ordinal: 0)
        try store.add(Passage(text: "天气很好", source: .title), asset: asset(2), ordinal: 0)
        for query in ["研究", "研究生", "生命", "起源", "究生"] {
            #expect(
                try store.search(query, limit: 9).matches.map(\.asset) == [asset(1)], "\(query)")
        }
        #expect(try store.search("研究天气", limit: 9).matches.count == 2)
    }
}
