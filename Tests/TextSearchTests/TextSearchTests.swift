import Corpus
import Foundation
import SQLite
import TestSupport
import Testing
import TextSearch

@Suite struct TextSearchTests {
    private func store(
        _ texts: [String], ranking: TextRanking = TextRanking(formula: .tfidf())
    ) throws -> TextStore {
        let (store, connection) = try newStore(ranking: ranking)
        try connection.transaction {
            for (number, text) in texts.enumerated() {
                try store.add(
                    Passage(text: text, source: .title), asset: asset(Int64(number)), ordinal: 0)
            }
        }
        return store
    }

    /// Which of the texts are found, best first.
    private func found(_ query: String, in texts: [String]) throws -> [Int64] {
        try store(texts).search(query, limit: 100).matches.map(\.asset.value)
    }

    @Test(arguments: [
        ("dog", [1]),
        ("DOG", [1]),
        ("cafe", [2]),
        ("CAFÉ", [2]),
        ("strasse", [3]),
        ("北京", [4]),
        ("東京", [5]),
        ("住んで", []),
        ("ไทย", [6]),
        ("दुनिया", [7]),
        ("ελλαδα", [8]),
        ("елка", [9]),
        ("😀", [10]),
        ("beach", [11]),
        ("2034", [11]),
        ("3.14", [12]),
        ("don't", [13]),
        ("don’t", [13]),
        ("do", []),
        ("cat", []),
    ])
    func wordsOfAnyLanguageAreFound(query: String, expected: [Int64]) throws {
        let texts = [
            "", "The dog runs.", "Ein Café", "Straße", "我爱北京天安门", "東京に行く",
            "ภาษาไทยสวยงาม", "नमस्ते दुनिया", "Ελλάδα", "Ёлка", "Ha 😀!", "IMG_2034_beach.final.mp4",
            "pi is 3.14", "I don't know",
        ]
        #expect(try found(query, in: texts) == expected)
    }

    @Test func scoresFollowTheFormula() throws {
        // Lengths 3, 1, 4: the average is 8/3.
        let store = try store(["red red blue", "red", "green green green green"])
        let result = try store.search("red blue blue", limit: 10)
        let (idfRed, idfBlue) = (log(1 + 3.0 / 2), log(1 + 3.0 / 1))
        func norm(_ length: Double) -> Double { 0.75 + 0.25 * length / (8.0 / 3) }
        #expect(result.passageCount == 3)
        #expect(result.matchCount == 2)
        #expect(
            result.queryTerms == [
                QueryTerm(
                    term: "red", repeats: 1, isStopWord: false, documentFrequency: 2,
                    inverseDocumentFrequency: idfRed),
                QueryTerm(
                    term: "blue", repeats: 2, isStopWord: false, documentFrequency: 1,
                    inverseDocumentFrequency: idfBlue),
            ])
        let red = (1 + log(2)) * idfRed / norm(3)
        let blue = 2 * idfBlue / norm(3)
        try #require(result.matches.map(\.asset.value) == [0, 1])
        let match = result.matches[0]
        #expect(abs(match.score - red - blue) < 1e-5)
        #expect(abs((match.terms["red"] ?? 0) - red) < 1e-6)
        #expect(abs((match.terms["blue"] ?? 0) - blue) < 1e-6)
        #expect(abs(result.matches[1].score - idfRed / norm(1)) < 1e-5)
    }

    @Test func aMatchsTermsAddUpToItsScore() throws {
        var random = SeededRandom(seed: 2)
        let texts = (0..<200).map { _ in
            (0..<Int.random(in: 1...20, using: &random)).map { _ in
                "w\(Int.random(in: 0..<30, using: &random))"
            }.joined(separator: " ")
        }
        let result = try store(texts).search("w1 w2 w3 w3 w29", limit: 200)
        #expect(!result.matches.isEmpty)
        for match in result.matches {
            #expect(abs(match.terms.values.reduce(0, +) - match.score) < 1e-4)
        }
    }

    /// The same ranking, worked out word by word from the texts.
    @Test(arguments: 0..<20)
    func theRankingIsThatOfANaiveSum(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let texts = (0..<150).map { _ in
            (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "w\(Int.random(in: 0..<20, using: &random))"
            }
        }
        let query = (0..<4).map { _ in "w\(Int.random(in: 0..<22, using: &random))" }
        let average = Double(texts.reduce(0) { $0 + $1.count }) / 150
        let scores = texts.map { text in
            query.reduce(0.0) { sum, term in
                let occurrences = text.filter { $0 == term }.count
                guard occurrences > 0 else { return sum }
                let frequency = texts.filter { $0.contains(term) }.count
                return sum + (1 + log(Double(occurrences))) * log(1 + 150 / Double(frequency))
            } / (0.75 + 0.25 * Double(text.count) / average)
        }
        let store = try store(texts.map { $0.joined(separator: " ") })
        for limit in [0, 1, 7, 150, Int.max] {
            let result = try store.search(query.joined(separator: " "), limit: limit)
            let positive = scores.filter { $0 > 0 }.sorted(by: >)
            #expect(result.matchCount == positive.count)
            #expect(result.matches.count == min(limit, positive.count))
            for (match, score) in zip(result.matches, positive) {
                #expect(abs(match.score - score) < 1e-4)
                #expect(abs(match.score - scores[Int(match.asset.value)]) < 1e-4)
            }
        }
    }

    @Test func equalScoresComeInTheOrderOfTheRows() throws {
        let found = try found("same", in: [String](repeating: "same words", count: 50))
        #expect(found == Array(0..<50))
    }

    @Test func aRareWordOutweighsCommonOnes() throws {
        var texts = [String](repeating: "where does she go and what does she see", count: 50)
        texts.append("the doppler effect")
        let result = try store(texts).search("where does she explain the doppler effect", limit: 3)
        #expect(result.matches.first?.asset.value == 50)
        #expect(
            result.queryTerms.filter { !$0.isStopWord }.map(\.term) == [
                "explain", "doppler", "effect",
            ])
        #expect(result.matchCount == 1)
    }

    @Test func onlyStopWordsAreSearchedAsWords() throws {
        #expect(try found("To be, or not to be?", in: ["to be", "or", "nothing"]) == [0, 1])
    }

    @Test func aFileNameWeighsLessThanASubtitle() throws {
        let (store, _) = try newStore()
        try store.add(Passage(text: "storm", source: .fileName), asset: asset(1), ordinal: 0)
        try store.add(Passage(text: "storm", source: .subtitle), asset: asset(2), ordinal: 0)
        let matches = try store.search("storm", limit: 2).matches
        #expect(matches.map(\.asset) == [asset(2), asset(1)])
        #expect(abs(matches[1].score - matches[0].score / 2) < 1e-6)
    }

    @Test(arguments: [
        "", " ", "\0", "\"", "'", "word\"", "\"word", "word*", "^word", "word AND", "NOT word",
        "OR", "NEAR(word other)", "text:word", "passage_index:word", "{text}:word", "(word",
        "word)", "word + other", "-word", "'; DROP TABLE passages; --", "word\0word", "\u{1}\u{7f}",
        "%", "_", "word\\", "\u{feff}word", "word\u{202e}", "\u{ad}\u{ad}", "?1 :a @b $c", "🏳️‍🌈*",
        "\u{10ffff}\u{fffe}",
    ])
    func whateverIsTypedIsOnlyWords(query: String) throws {
        let store = try store(["a word and another", "other"])
        let result = try store.search(query, limit: 10)
        #expect(result.matches.isEmpty || query.contains("word") || query.contains("OR"))
        if query.contains("word") { #expect(!result.matches.isEmpty) }
        #expect(try store.count() == 2)
    }

    @Test func tenThousandWordsAreCutToTheFirstFew() throws {
        let store = try store(["w0 w1", "w63", "w64", "w9999"])
        let query = (0..<10_000).map { "w\($0)" }.joined(separator: " ")
        let result = try store.search(query, limit: 10)
        #expect(result.queryTerms.count == 64)
        #expect(result.droppedTermCount == 9936)
        #expect(result.matches.map(\.asset.value).sorted() == [0, 1])
    }

    @Test(arguments: [1_000_000, 100])
    func aVeryLongWordIsFoundByItself(length: Int) throws {
        let word = String(repeating: "é", count: length)
        let store = try store([word + " x", "x"])
        #expect(try store.search(word, limit: 10).matches.map(\.asset.value) == [0])
        #expect(try store.integrityCheck().isEmpty)
    }

    @Test func anEmptyLibraryFindsNothing() throws {
        let result = try store([]).search("word", limit: 10)
        #expect(result.matches.isEmpty)
        #expect(result.passageCount == 0)
    }

    @Test func removingLeavesGapsThatAreSearchedRight() throws {
        let store = try store((0..<100).map { "word number\($0)" })
        for number in stride(from: 0, to: 100, by: 3) {
            try store.removePassages(of: asset(Int64(number)))
        }
        #expect(try store.search("word", limit: 100).matches.count == 66)
        #expect(try store.search("number98", limit: 1).matches.map(\.asset.value) == [98])
        #expect(try store.search("number99", limit: 1).matches.isEmpty)
    }
}
