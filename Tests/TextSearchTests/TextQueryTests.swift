import Corpus
import SQLite
import TestSupport
import Testing
import TextSearch

@Suite struct TextQueryTests {
    private typealias Clause = TextQuery.Clause

    @Test(arguments: [
        ("red car", [Clause(text: "red car")]),
        ("  red\tcar\n", [Clause(text: "red car")]),
        ("\"red car\"", [Clause(text: "red car", form: .phrase)]),
        ("“red car”", [Clause(text: "red car", form: .phrase)]),
        ("holi*", [Clause(text: "holi", form: .prefix)]),
        ("-dog", [Clause(text: "dog", isExcluded: true)]),
        ("-\"hot dog\"", [Clause(text: "hot dog", form: .phrase, isExcluded: true)]),
        ("title:storm", [Clause(text: "storm", fields: [.title])]),
        ("Speech:\"red car\"", [Clause(text: "red car", form: .phrase, fields: [.transcript])]),
        ("-tag:dog", [Clause(text: "dog", fields: [.tag], isExcluded: true)]),
        ("name:holi*", [Clause(text: "holi", form: .prefix, fields: [.fileName])]),
        (
            "a \"b c\" d -e f",
            [
                Clause(text: "a d f"), Clause(text: "b c", form: .phrase),
                Clause(text: "e", isExcluded: true),
            ]
        ),
        ("red\"car park\"", [Clause(text: "red"), Clause(text: "car park", form: .phrase)]),
        // What is no syntax is words.
        ("http://x", [Clause(text: "http://x")]),
        ("foo:bar", [Clause(text: "foo:bar")]),
        ("title:", [Clause(text: "title:")]),
        ("title: storm", [Clause(text: "title: storm")]),
        ("well-known", [Clause(text: "well-known")]),
        ("a - b", [Clause(text: "a - b")]),
        ("--", [Clause(text: "--")]),
        ("*", [Clause(text: "*")]),
        ("red \"car", [Clause(text: "red car")]),
        ("NEAR(a b)", [Clause(text: "NEAR(a b)")]),
        ("\"\"", []),
        ("\" \"", []),
        ("\"", []),
        ("", []),
        ("\0", []),
    ])
    fileprivate func queriesAreRead(query: String, clauses: [TextQuery.Clause]) {
        #expect(TextQuery(parsing: query).clauses == clauses)
    }

    @Test func plainAndExcludedTextsAreForOtherModels() {
        let query = TextQuery(parsing: "red \"blue boat\" -dog title:sea* -\"hot dog\"")
        #expect(query.plainText == "red blue boat sea")
        #expect(query.excludedTexts == ["dog", "hot dog"])
        #expect(TextQuery(words: "-a \"b").plainText == "-a \"b")
        #expect(TextQuery(words: "-a \"b").excludedTexts.isEmpty)
    }

    // MARK: Searching

    private static let texts: [(PassageSource, String)] = [
        (.title, "The red car behind a blue boat"),
        (.transcript, "a blue car and a red boat were running"),
        (.subtitle, "to be or not to be"),
        (.fileName, "holiday_beach.mp4"),
        (.tag, "beach"),
        (.transcript, "hot dogs, and a cat; wi-fi works"),
        (.description, "我爱北京大学的图书馆"),
    ]

    private func found(_ query: String) throws -> [Int64] {
        let (store, _) = try newStore()
        for (number, (source, text)) in Self.texts.enumerated() {
            try store.add(
                Passage(text: text, source: source), asset: asset(Int64(number)), ordinal: 0)
        }
        return try store.search(TextQuery(parsing: query), limit: 100).matches
            .map(\.asset.value).sorted()
    }

    @Test(arguments: [
        ("red car", [0, 1]),
        ("\"red car\"", [0]),
        ("\"car red\"", []),
        ("\"red car\" \"red boat\"", [0, 1]),
        ("\"to be\"", [2]),
        ("\"or not\" hotdog", [2]),
        ("\"car behind a blue\"", [0]),
        ("run", [1]),
        ("\"run\"", []),
        ("\"running\"", [1]),
        ("runn*", [1]),
        ("bea*", [3, 4]),
        ("tag:beach", [4]),
        ("name:beach", [3]),
        ("tag:bea*", [4]),
        ("title:the", [0]),
        ("speech:\"red boat\"", [1]),
        ("title:\"red boat\"", []),
        ("car -boat", []),
        ("car -running", [0]),
        ("car -run", [0]),
        ("car -\"red boat\"", [0]),
        ("boat -title:car", [1]),
        ("beach -tag:beach", [3]),
        ("-beach", []),
        ("cat -wi-fi", []),
        ("cat -fi-wi", [5]),
        ("cat -\"hot dog\"", [5]),
        ("cat -dog", []),
        ("大学", [6]),
        ("\"京大\"", [6]),
        ("北京*", [6]),
        ("blue -北京大学", [0, 1]),
        ("图书馆 -\"大学的图\"", []),
    ])
    func clausesFindWhatTheySay(query: String, expected: [Int64]) throws {
        #expect(try found(query) == expected)
    }

    @Test func aPhrasesWordsAddUp() throws {
        let (store, _) = try newStore()
        for (number, text) in ["red car", "car red", "boat"].enumerated() {
            try store.add(
                Passage(text: text, source: .tag), asset: asset(Int64(number)), ordinal: 0)
        }
        let words = try store.search(TextQuery(parsing: "red car"), limit: 9)
        let phrase = try store.search(TextQuery(parsing: "\"red car\""), limit: 9)
        #expect(phrase.matches.map(\.asset.value) == [0])
        #expect(phrase.matches.first == words.matches.first)
        #expect(phrase.fullMarks == words.fullMarks)
        let both = try store.search(TextQuery(parsing: "red \"red car\""), limit: 9)
        #expect(both.matches.map(\.asset.value) == [0, 1])
        for match in both.matches {
            #expect(abs(match.terms.values.reduce(0, +) - match.score) < 1e-9)
        }
    }

    @Test func excludedPassagesAreKnownByAssetAndNumber() throws {
        let (store, _) = try newStore()
        for number in 0..<4 {
            for ordinal in 0..<3 {
                try store.add(
                    Passage(text: (number + ordinal) % 2 == 0 ? "dogs" : "cats", source: .tag),
                    asset: asset(Int64(number)), ordinal: ordinal)
            }
        }
        try store.removePassages(of: asset(2))
        let excluded = try store.excludedPassages(by: TextQuery(parsing: "x -dog"))
        #expect(excluded.contains(asset(0), ordinal: 0))
        #expect(!excluded.contains(asset(0), ordinal: 1))
        #expect(!excluded.contains(asset(9), ordinal: 0))
        #expect(!excluded.contains(asset(0), ordinal: .min))
        #expect(excluded.ordinals(of: asset(1)) == [1])
        #expect(try store.excludedPassages(by: TextQuery(parsing: "dog")).isEmpty)
        #expect(try store.excludedPassages(by: TextQuery(parsing: "-bird")).isEmpty)
    }

    // MARK: Bad input

    @Test(arguments: [
        "\"", "\"\"\"", "NEAR(word other)", "NEAR/3", "*", "**", "word**", "-", "--", "---word",
        "';drop table passages;--", "word AND", "OR NOT AND", "{text}:word", "^word", "title:\"",
        "title:-", "-title:", "-\"", "-*", "\"*\"", "\"\0\"", "wo\0rd*", "\u{1}\u{7f}\u{85}",
        "http://x/?a=b:c", "foo:bar", "the and of", "-the", "\u{202e}\"word\"", "\u{301}*",
        "title:title:title:word", "\u{ad}*", "-\u{ad}", "\"\u{ad}\"", "%_\\", "?1 :a @b $c",
    ])
    func whateverIsTypedFindsSomethingOrNothing(query: String) throws {
        let (store, _) = try newStore()
        try store.add(Passage(text: "a word", source: .title), asset: asset(1), ordinal: 0)
        let parsed = TextQuery(parsing: query)
        #expect(try store.search(parsed, limit: 10).matches.count <= 1)
        _ = try store.excludedPassages(by: parsed)
        #expect(try store.count() == 1)
    }

    @Test(arguments: [
        "word%d", "\"word%d other\"", "word%d*", "-word%d", "title:word%d", "\"word%d",
    ])
    func tenThousandClausesAreCutToTheFirstFew(pattern: String) throws {
        let (store, _) = try newStore()
        try store.add(Passage(text: "word0 other", source: .title), asset: asset(1), ordinal: 0)
        let query = (0..<10_000).map {
            pattern.split(separator: "%d", omittingEmptySubsequences: false)
                .joined(separator: String($0))
        }.joined(separator: " ")
        let start = ContinuousClock.now
        let result = try store.search(TextQuery(parsing: query), limit: 10)
        #expect(result.matches.count == (pattern.hasPrefix("-") ? 0 : 1))
        #expect(result.queryTerms.count <= 64)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func aPhraseOfTenThousandWordsIsCut() throws {
        let (store, _) = try newStore()
        try store.add(
            Passage(text: String(repeating: "ab ", count: 400), source: .title), asset: asset(1),
            ordinal: 0)
        let query = "\"" + String(repeating: "ab ", count: 10_000) + "\""
        #expect(try store.search(TextQuery(parsing: query), limit: 10).matches.count == 1)
    }

    @Test(arguments: 0..<200)
    func anyMixtureOfSyntaxIsHarmless(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "\"", "-", "*", ":", "title", "tag:", " ", "word", "北京", "'", "(", ")", "\0", "“", "^",
            "AND", "\u{301}", "a",
        ]
        let query = (0..<Int.random(in: 1...20, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        let (store, _) = try newStore()
        try store.add(Passage(text: "a word 北京", source: .title), asset: asset(1), ordinal: 0)
        #expect(try store.search(TextQuery(parsing: query), limit: 10).matches.count <= 1)
    }
}
