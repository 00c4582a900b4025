internal import Glibc

/// How alike the words of two facts are: the cosine of their TF-IDF vectors over pairs of
/// characters, with 1 + ln(count) for the count.
///
/// BM25 finds candidates; reading both sides whole orders them better (Benchmarks/cases).
final class FactLikeness {
    private let index: CaseTextIndex
    private let terms: FactTerms
    private let query: [UInt64: Double]
    private let queryLength: Double
    private var inverses: [UInt64: Double] = [:]

    init(to fact: String, in index: CaseTextIndex) throws {
        self.index = index
        var settings = TextSegment.terms
        settings.usesWords = false
        terms = try FactTerms(settings)
        var query: [UInt64: Double] = [:]
        var squares = 0.0
        for (key, count) in try terms.counts(of: fact) {
            let weight = (1 + log(Double(count))) * index.inverseFrequency(of: key)
            query[key] = weight
            squares += weight * weight
        }
        self.query = query
        queryLength = squares.squareRoot()
    }

    /// 0…1.
    func cosine(with fact: String) throws -> Double {
        var product = 0.0
        var squares = 0.0
        for (key, count) in try terms.counts(of: fact) {
            let inverse: Double
            if let known = inverses[key] {
                inverse = known
            } else {
                inverse = index.inverseFrequency(of: key)
                inverses[key] = inverse
            }
            let weight = (1 + log(Double(count))) * inverse
            squares += weight * weight
            if let other = query[key] { product += weight * other }
        }
        let lengths = squares.squareRoot() * queryLength
        return lengths > 0 ? product / lengths : 0
    }
}

extension CaseTextIndex {
    /// ln((1 + N) / (1 + n)) + 1.
    func inverseFrequency(of key: UInt64) -> Double {
        let cases = segments.reduce(0) { $0 + $1.postings(of: key).count }
        return log(Double(1 + count) / Double(1 + cases)) + 1
    }
}
