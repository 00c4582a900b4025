package import Corpus
import Glibc

/// How matching passages are ordered.
///
///     score(passage) = source weight · Σ over query terms  repeats · idf · weight(tf, length)
///
/// tf: times the term is in the passage; df: passages that hold it; N: all passages; repeats:
/// times it is in the query; lengths in terms, stop words included. In a passage of average
/// length that holds it once, a term weighs exactly its idf, whatever the formula.
package struct TextRanking: Sendable, Equatable {
    package enum Formula: Sendable, Equatable {
        /// Okapi BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009),
        /// with the idf that is never negative (Lucene's):
        ///
        ///     idf    = ln(1 + (N − df + ½) / (df + ½))
        ///     weight = tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average length))
        case bm25(k1: Double = 1.2, b: Double = 0.75)
        /// TF-IDF with pivoted length (Singhal, Buckley and Mitra, *Pivoted Document Length
        /// Normalization*, SIGIR 1996):
        ///
        ///     idf    = ln(1 + N / df)
        ///     weight = (1 + ln tf) / (1 − slope + slope · length / average length)
        ///
        /// A slope of 0 sums, 1 divides by the length.
        case tfidf(slope: Double = 0.25)
    }

    package var formula = Formula.tfidf()
    /// Factors by where a passage's text came from; 1 when not listed, 0 to leave it out.
    package var sourceWeights: [PassageSource: Double] = [
        .fileName: 0.5, .tag: 0.5, .screenText: 0.8,
    ]
    /// Factors of passages that a machine made and says how sure it is of, in place of those above:
    /// a weak recogniser mishears, where one that was trusted with a subtitle file does not.
    package var machineWeights: [PassageSource: Double] = [.transcript: 0.6]
    /// Different terms of a query that are looked up; further ones are left out, and reported.
    package var termLimit = 64

    package init() {}

    package init(formula: Formula) { self.formula = formula }

    /// With the parameters that usually serve.
    package init(_ ranking: KeywordRanking) {
        switch ranking {
        case .tfidf: self.init(formula: .tfidf(slope: 0.25))
        case .bm25: self.init(formula: .bm25(k1: 1.2, b: 0.75))
        }
    }

    package func idf(passageCount: Int, documentFrequency: Int) -> Double {
        let (all, holding) = (Double(passageCount), Double(documentFrequency))
        return switch formula {
        case .bm25: log(1 + max(0, all - holding + 0.5) / (holding + 0.5))
        case .tfidf: log(1 + all / max(1, holding))
        }
    }

    /// `weight` of the formula is above / (below + lengthPart(length)): two numbers by tf alone,
    /// and one by length alone, which is what makes it cheap.
    func weight(occurrences: Int) -> (above: Double, below: Double) {
        let tf = Double(max(1, occurrences))
        return switch formula {
        case .bm25(let k1, _): (tf * (k1 + 1), tf)
        case .tfidf: (1 + log(tf), 0)
        }
    }

    func lengthPart(length: Int, averageLength: Double) -> Double {
        let share = Double(max(1, length)) / max(1, averageLength)
        return switch formula {
        case .bm25(let k1, let b): k1 * (1 - b + b * share)
        case .tfidf(let slope): 1 - slope + slope * share
        }
    }

    func sourceWeight(_ source: PassageSource?, isMachineMade: Bool) -> Double {
        guard let source else { return 1 }
        return (isMachineMade ? machineWeights[source] : nil) ?? sourceWeights[source] ?? 1
    }
}
