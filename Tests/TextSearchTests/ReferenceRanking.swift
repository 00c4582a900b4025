import Corpus
import Foundation
import TextSearch

/// The formulas of `TextRanking` over lists of words, as one would write them on a blackboard:
/// the oracle of the ranking.
struct ReferenceRanking {
    var formula: TextRanking.Formula
    /// The words of each passage, as the index knows them.
    var passages: [[String]]
    var weights: [Double]

    init(_ formula: TextRanking.Formula, _ passages: [[String]], weights: [Double]? = nil) {
        self.formula = formula
        self.passages = passages
        self.weights = weights ?? [Double](repeating: 1, count: passages.count)
    }

    private var averageLength: Double {
        Double(passages.reduce(0) { $0 + $1.count }) / Double(max(1, passages.count))
    }

    /// - Parameter query: a word may stand in it twice.
    func scores(_ query: [String]) -> [Double] {
        let all = Double(passages.count)
        let averageLength = averageLength
        var frequencies: [String: Double] = [:]
        for word in Set(query) {
            frequencies[word] = Double(passages.count { $0.contains(word) })
        }
        return passages.enumerated().map { number, passage in
            let length = Double(max(1, passage.count)) / max(1, averageLength)
            return weights[number]
                * query.reduce(0.0) { sum, word in
                    let tf = Double(passage.count { $0 == word })
                    guard tf > 0, let df = frequencies[word] else { return sum }
                    switch formula {
                    case .bm25(let k1, let b):
                        let idf = log(1 + (all - df + 0.5) / (df + 0.5))
                        return sum + idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length))
                    case .tfidf(let slope):
                        return sum + log(1 + all / df) * (1 + log(tf))
                            / (1 - slope + slope * length)
                    }
                }
        }
    }

    /// Passages that score above 0, best first, equals by number.
    func ranked(_ query: [String]) -> [(number: Int, score: Double)] {
        scores(query).enumerated().map { (number: $0.offset, score: $0.element) }
            .filter { $0.score > 0 }
            .sorted { ($1.score, $0.number) < ($0.score, $1.number) }
    }
}
