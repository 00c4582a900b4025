import Corpus
import SQLite
import TestSupport
import Testing
import TextSearch

@Suite struct RankingTests {
    static let formulas: [TextRanking.Formula] = [
        .bm25(), .bm25(k1: 0.9, b: 0.4), .bm25(k1: 2, b: 0), .bm25(k1: 0, b: 1),
        .tfidf(), .tfidf(slope: 0), .tfidf(slope: 1),
    ]

    /// Words that no stemmer touches, some frequent and some rare.
    private static func passages(_ count: Int, seed: UInt64) -> [[String]] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...30, using: &random)).map { _ in
                let rank = Int(Double.random(in: 1...60, using: &random).squareRoot() * 7)
                return "w\(rank)"
            }
        }
    }

    private func store(
        _ passages: [[String]], _ formula: TextRanking.Formula, groups: Int = 1
    ) throws -> TextStore {
        let (store, connection) = try newStore(ranking: TextRanking(formula: formula))
        let size = (passages.count + groups - 1) / groups
        for start in stride(from: 0, to: passages.count, by: size) {
            try connection.transaction {
                for number in start..<min(passages.count, start + size) {
                    try store.add(
                        Passage(text: passages[number].joined(separator: " "), source: .title),
                        asset: asset(Int64(number)), ordinal: 0)
                }
            }
        }
        return store
    }

    private func compare(
        _ result: TextSearchResult, _ expected: [(number: Int, score: Double)], limit: Int
    ) {
        #expect(result.matchCount == expected.count)
        #expect(result.matches.count == min(limit, expected.count))
        var largest = 0.0
        for (match, wanted) in zip(result.matches, expected) {
            largest = max(largest, abs(match.score - wanted.score))
            // Two that score alike to the last digits may change places.
            if Int(match.asset.value) != wanted.number {
                let own = expected.first { $0.number == Int(match.asset.value) }
                #expect(abs((own?.score ?? -1) - wanted.score) < 1e-5)
            }
        }
        #expect(largest < 1e-4, "largest difference \(largest)")
    }

    @Test(arguments: formulas, [1, 3, 40])
    func scoresAndOrderAreThoseOfTheReference(
        formula: TextRanking.Formula, segments: Int
    ) throws {
        let passages = Self.passages(400, seed: UInt64(segments))
        let reference = ReferenceRanking(formula, passages)
        let store = try store(passages, formula, groups: segments)
        for query in [["w7"], ["w20", "w41", "w53"], ["w50", "w50", "w12", "unheard"], []] {
            for limit in [1, 10, 1000] {
                compare(
                    try store.search(query.joined(separator: " "), limit: limit),
                    reference.ranked(query), limit: limit)
            }
        }
        #expect(try store.integrityCheck().isEmpty)
    }

    /// More passages than a window of rows holds.
    @Test func windowsAreScoredAlike() throws {
        var random = SeededRandom(seed: 9)
        let passages = (0..<70_000).map { number in
            (0..<3).map { _ in "w\(Int.random(in: 0..<300, using: &random))" }
                + (number % 2 == 0 ? ["even"] : [])
        }
        let reference = ReferenceRanking(.bm25(), passages)
        let store = try store(passages, .bm25())
        for query in [["w1", "even"], ["w2", "w3", "w4"]] {
            compare(
                try store.search(query.joined(separator: " "), limit: 50),
                reference.ranked(query), limit: 50)
        }
    }

    /// Adding and removing at random; then everything is as if only what is left had been there.
    @Test(arguments: 0..<6)
    func removedPassagesLeaveNoTraceInTheRanking(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (store, connection) = try newStore(ranking: TextRanking(formula: .bm25()))
        var kept: [(asset: Int64, words: [String])] = []
        var next: Int64 = 0
        for _ in 0..<30 {
            try connection.transaction {
                for words in Self.passages(
                    Int.random(in: 1...9, using: &random), seed: random.next())
                {
                    try store.add(
                        Passage(text: words.joined(separator: " "), source: .title),
                        asset: asset(next), ordinal: 3)
                    kept.append((next, words))
                    next += 1
                }
                while Int.random(in: 0..<3, using: &random) == 0, !kept.isEmpty {
                    let gone = kept.remove(at: Int.random(in: 0..<kept.count, using: &random))
                    try store.removePassages(of: asset(gone.asset))
                }
            }
            if Int.random(in: 0..<5, using: &random) == 0 { try store.compactIndex() }
        }
        let reference = ReferenceRanking(.bm25(), kept.map(\.words))
        for query in [["w20", "w41"], ["w53"]] {
            let result = try store.search(query.joined(separator: " "), limit: 500)
            let expected = reference.ranked(query)
            #expect(result.passageCount == kept.count)
            #expect(result.matches.map(\.asset.value) == expected.map { kept[$0.number].asset })
            for (match, wanted) in zip(result.matches, expected) {
                #expect(abs(match.score - wanted.score) < 1e-4)
                #expect(match.ordinal == 3)
            }
        }
        #expect(try store.integrityCheck().isEmpty)
    }

    @Test func aPassageOfAverageLengthThatHoldsEveryTermOnceHasFullMarks() throws {
        for formula in Self.formulas {
            let store = try store([["red", "blue"], ["red", "dog"], ["x", "y"]], formula)
            let result = try store.search("red blue", limit: 1)
            #expect(abs((result.matches.first?.score ?? 0) - result.fullMarks) < 1e-6)
            let unknown = try store.search("red unheard", limit: 1)
            #expect(unknown.fullMarks > 1.5 * (unknown.matches.first?.score ?? 0))
        }
    }

    @Test func sourcesWeighAsTheRankingSays() throws {
        var ranking = TextRanking(formula: .bm25())
        ranking.sourceWeights = [.title: 2, .tag: 0]
        let (store, _) = try newStore(ranking: ranking)
        for (number, source) in [PassageSource.title, .subtitle, .tag].enumerated() {
            try store.add(
                Passage(text: "storm", source: source), asset: asset(Int64(number)), ordinal: 0)
        }
        let result = try store.search("storm", limit: 9)
        #expect(result.matches.map(\.asset.value) == [0, 1])
        #expect(abs(result.matches[0].score - 2 * result.matches[1].score) < 1e-9)
    }

    @Test func manySmallCommitsMakeFewSegments() throws {
        let (store, connection) = try newStore()
        for number in 0..<600 {
            try store.add(
                Passage(text: "word number\(number)", source: .title),
                asset: asset(Int64(number)), ordinal: 0)
        }
        let segments = try connection.statement("SELECT count(*) FROM posting_segments")
            .first { $0.int(0) }
        #expect(try #require(segments) <= 28)
        #expect(try store.search("number333", limit: 2).matches.map(\.asset.value) == [333])
        #expect(try store.search("word", limit: 1000).matchCount == 600)
    }
}
