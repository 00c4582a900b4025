package import Corpus
import Glibc

/// How matching passages are ordered: TF-IDF with pivoted length (Singhal, Buckley and Mitra,
/// *Pivoted Document Length Normalization*, SIGIR 1996).
///
///     score(passage) = source weight / norm · Σ over query terms  (1 + ln tf) · idf · repeats
///     idf  = ln(1 + N / df)
///     norm = 1 − slope + slope · length / average length
///
/// tf: times the term is in the passage; df: passages that hold it; N: all passages; repeats:
/// times it is in the query; lengths in terms.
package struct TextRanking: Sendable {
    /// 0 leaves long passages their advantage, 1 divides by length.
    package var slope = 0.25
    /// Factors by where a passage's text came from; 1 when not listed.
    package var sourceWeights: [PassageSource: Double] = [.fileName: 0.5]
    /// Different terms of a query that are looked up; further ones are left out, and reported.
    package var termLimit = 64

    package init() {}

    func idf(passageCount: Int, documentFrequency: Int) -> Double {
        log(1 + Double(passageCount) / Double(max(1, documentFrequency)))
    }

    func termWeight(occurrences: Int) -> Double {
        1 + log(Double(max(1, occurrences)))
    }

    /// The factor of a passage: source weight / norm.
    func passageFactor(source: PassageSource?, length: Int, averageLength: Double) -> Double {
        let weight = source.flatMap { sourceWeights[$0] } ?? 1
        return weight / (1 - slope + slope * Double(max(1, length)) / max(1, averageLength))
    }
}
