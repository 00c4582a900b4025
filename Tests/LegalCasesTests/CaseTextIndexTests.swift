import Foundation
import TestSupport
import Testing

@testable import LegalCases

/// The index beside the formula, read off the texts one by one.
@Suite struct CaseTextIndexTests {
    /// More than a window in the first segment, and a second one.
    private static let sizes = [9000, 400]
    private static let texts: [String] = {
        var random = SeededRandom(seed: 11)
        let letters = Array("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉")
        return (0..<sizes.reduce(0, +)).map { number in
            var text = ""
            for _ in 0..<Int.random(in: 3...12, using: &random) {
                text.append(letters[Int.random(in: 0..<letters.count, using: &random)])
            }
            // Pairs that occur often: five times, and more often than a byte counts.
            if number % 50 == 0 { text += String(repeating: "天", count: 6) }
            if number % 4001 == 0 { text += String(repeating: "地", count: 300) }
            return text
        }
    }()

    private static func index(in folder: TemporaryFolder) throws -> CaseTextIndex {
        var segments: [TextSegment] = []
        var first = 0
        for (number, size) in sizes.enumerated() {
            var builder = TextSegmentBuilder()
            // Ids have gaps, as a library's may.
            try builder.add((first..<first + size).map { (id: Int64($0 * 2 + 1), fact: texts[$0]) })
            let path = folder.path("text-\(number)")
            try builder.write(to: path)
            segments.append(try TextSegment(path: path))
            first += size
        }
        return CaseTextIndex(segments: segments)
    }

    /// Pairs of characters, at most 255 of a kind.
    private static func pairs(_ text: String) -> [String: Double] {
        let letters = Array(text)
        var counts: [String: Double] = [:]
        for (left, right) in zip(letters, letters.dropFirst()) {
            counts["\(left)\(right)", default: 0] += 1
        }
        return counts
    }

    private static func reference(
        _ query: String, _ formula: CaseTextRanking.Formula
    ) -> [Int64: Double] {
        let documents = texts.map(pairs)
        let lengths = documents.map { $0.values.reduce(0, +) }
        let average = lengths.reduce(0, +) / Double(texts.count)
        let total = Double(texts.count)
        var scores: [Int64: Double] = [:]
        for (pair, asked) in pairs(query) {
            let cases = Double(documents.count { $0[pair] != nil })
            for (number, document) in documents.enumerated() {
                guard let found = document[pair] else { continue }
                let count = min(found, 255)
                let part: Double
                switch formula {
                case .bm25(let k1, let b):
                    let norm = k1 * (1 - b + b * lengths[number] / average)
                    part =
                        log(1 + (total - cases + 0.5) / (cases + 0.5)) * count * (k1 + 1)
                        / (count + norm)
                case .tfidf:
                    let inverse = log((1 + total) / (1 + cases))
                    part = inverse * inverse * (1 + log(count)) / lengths[number].squareRoot()
                }
                scores[Int64(number * 2 + 1), default: 0] += asked * part
            }
        }
        return scores
    }

    private static let queries = [
        "甲乙丙丁戊己庚", "天天天酉申", "地地", "丑寅卯辰巳午未申酉甲甲甲乙子丑", "甲", "火水",
    ]

    @Test(arguments: [CaseTextRanking.Formula.bm25(k1: 1.5, b: 0.75), .tfidf])
    func scoresAreThoseOfTheFormula(_ formula: CaseTextRanking.Formula) throws {
        let folder = try TemporaryFolder()
        let index = try Self.index(in: folder)
        var ranking = CaseTextRanking()
        ranking.formula = formula
        for query in Self.queries {
            let expected = Self.reference(query, formula)
            for step in [1, 7] {
                // All of them, or some.
                let allowed = stride(from: 1, to: Int64(Self.texts.count * 2), by: 2 * step)
                let found = try index.search(
                    query, top: 30, allowed: step == 1 ? nil : Array(allowed), ranking: ranking)
                let best = allowed.compactMap { expected[$0] }.filter { $0 > 0 }.sorted(by: >)
                #expect(found.count == min(30, best.count), "\(query)")
                for (match, score) in zip(found, best) {
                    #expect(abs(match.score - score) < 1e-4 * max(1, score), "\(query)")
                    #expect(abs((expected[match.id] ?? 0) - match.score) < 1e-4 * max(1, score))
                    #expect((match.id - 1) % Int64(2 * step) == 0)
                }
            }
        }
    }

    @Test func postingsThatLieAboutTheirCasesAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("text-0")
        func write(places: [UInt32], counts: [UInt8], starts: [UInt64] = [0, 2]) throws {
            try CheckedFile.write(
                TextSegment.kind,
                [
                    .init("ids", numbers: [Int64(1), 2]), .init("pairs", numbers: [UInt32(3), 3]),
                    .init("words", numbers: [UInt32(0), 0]), .init("keys", numbers: [UInt64(9)]),
                    .init("starts", numbers: starts), .init("places", numbers: places),
                    .init("counts", numbers: counts),
                ], to: path)
        }
        try write(places: [0, 1], counts: [1, 1])
        #expect(try TextSegment(path: path).postings(of: 9) == 0..<2)
        let bad: [(places: [UInt32], counts: [UInt8], starts: [UInt64])] = [
            ([0, 2], [1, 1], [0, 2]), ([1, 0], [1, 1], [0, 2]), ([0, 0], [1, 1], [0, 2]),
            ([0, 1], [1, 0], [0, 2]), ([0, 1], [1, 1], [0, 3]), ([0, 1], [1, 1], [1, 2]),
        ]
        for file in bad {
            try write(places: file.places, counts: file.counts, starts: file.starts)
            #expect(throws: LegalCaseError.self) { try TextSegment(path: path) }
        }
    }
}
