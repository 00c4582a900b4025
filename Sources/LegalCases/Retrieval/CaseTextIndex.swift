internal import Glibc
internal import Tensors

/// How a case's words are weighed against a query's.
package struct CaseTextRanking: Sendable, Equatable {
    package enum Formula: Sendable, Equatable {
        /// Robertson and Zaragoza 2009, with the inverse frequency that is never negative:
        /// ln(1 + (N − n + ½) / (n + ½)).
        case bm25(k1: Double, b: Double)
        /// (1 + ln count) · ln((1 + N) / (1 + n))², over the root of the length.
        case tfidf
    }

    package var formula = Formula.bm25(k1: 1.5, b: 0.75)
    /// How much words count beside pairs of characters; 0 leaves them out.
    package var wordShare = 0.0

    package init() {}
}

/// The text index of all cases: searched segment by segment, ranked as one.
package struct CaseTextIndex: Sendable {
    package struct Match: Sendable, Equatable {
        package var id: Int64
        /// Above 0; only its order means something.
        package var score: Double
    }

    let segments: [TextSegment]

    package var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// The best cases for a fact, best first; equal ones by falling id.
    /// - Parameter allowed: ids that may be found; nil for all.
    package func search(
        _ fact: String, top: Int, allowed: Set<Int64>? = nil,
        ranking: CaseTextRanking = CaseTextRanking()
    ) throws -> [Match] {
        let query = try weighed(FactTerms(TextSegment.terms).counts(of: fact), ranking)
        let found = try Parallelism.map(segments.count) { number in
            try best(top, of: segments[number], query, allowed, ranking)
        }
        return Array(found.joined().sorted(by: Self.isBetter).prefix(top))
    }

    private static func isBetter(_ left: Match, _ right: Match) -> Bool {
        (left.score, left.id) > (right.score, right.id)
    }

    private struct QueryTerm: Sendable {
        var key: UInt64
        /// The query's count times the inverse frequency times the field's share.
        var weight: Float
        var field: TextSegment.Field
    }

    private func weighed(
        _ counts: [(key: UInt64, count: UInt32)], _ ranking: CaseTextRanking
    ) throws -> [QueryTerm] {
        let total = Double(count)
        return try counts.sorted { $0.key < $1.key }.compactMap { key, count in
            let field = TextSegment.field(of: key)
            let share = field == .pairs ? 1 : ranking.wordShare
            guard share > 0 else { return nil }
            let cases = try segments.reduce(0) { $0 + (try $1.postings(of: key).count) }
            guard cases > 0 else { return nil }
            let inverse: Double
            switch ranking.formula {
            case .bm25: inverse = log(1 + (total - Double(cases) + 0.5) / (Double(cases) + 0.5))
            case .tfidf: inverse = pow(log((1 + total) / (1 + Double(cases))), 2)
            }
            return QueryTerm(
                key: key, weight: Float(Double(count) * inverse * share), field: field)
        }
    }

    private func best(
        _ top: Int, of segment: TextSegment, _ query: [QueryTerm], _ allowed: Set<Int64>?,
        _ ranking: CaseTextRanking
    ) throws -> [Match] {
        let scores = try scores(of: segment, query, ranking)
        let ids = try segment.ids()
        // Only what passes the worst of the best so far is compared with the others.
        var kept: [Match] = []
        var floor: Float = 0
        for place in 0..<segment.count where scores[place] > floor {
            if let allowed, !allowed.contains(ids[place]) { continue }
            kept.append(Match(id: ids[place], score: Double(scores[place])))
            guard kept.count >= top * 4 + 64 else { continue }
            kept.sort(by: Self.isBetter)
            kept.removeLast(kept.count - top)
            // An equal score with a larger id still goes before.
            floor = (kept.last.map { Float($0.score) } ?? 0).nextDown
        }
        return Array(kept.sorted(by: Self.isBetter).prefix(top))
    }

    /// One a case of the segment.
    private func scores(
        of segment: TextSegment, _ query: [QueryTerm], _ ranking: CaseTextRanking
    ) throws -> [Float] {
        let places = try segment.places()
        let counts = try segment.counts()
        var norms: [TextSegment.Field: [Float]] = [:]
        for field in TextSegment.Field.allCases {
            norms[field] = try self.norms(field, of: segment, ranking)
        }
        var scores = [Float](repeating: 0, count: segment.count)
        for term in query {
            let postings = try segment.postings(of: term.key)
            guard let norms = norms[term.field], !postings.isEmpty else { continue }
            scores.withUnsafeMutableBufferPointer { scores in
                norms.withUnsafeBufferPointer { norms in
                    switch ranking.formula {
                    case .bm25(let k1, _):
                        let weight = term.weight * Float(k1 + 1)
                        for index in postings {
                            let place = Int(places[index])
                            let count = Float(counts[index])
                            scores[place] += weight * count / (count + norms[place])
                        }
                    case .tfidf:
                        for index in postings {
                            let place = Int(places[index])
                            let count = counts[index]
                            let frequency = count == 1 ? 1 : 1 + logf(Float(count))
                            scores[place] += term.weight * frequency * norms[place]
                        }
                    }
                }
            }
        }
        return scores
    }

    /// What a case's length does to its counts, one a case.
    private func norms(
        _ field: TextSegment.Field, of segment: TextSegment, _ ranking: CaseTextRanking
    ) throws -> [Float] {
        let total = segments.reduce(0) { $0 + ($1.totals[field] ?? 0) }
        let average = max(1, total / Double(max(1, count)))
        let lengths = try segment.lengths(field)
        switch ranking.formula {
        case .bm25(let k1, let b):
            return lengths.map { Float(k1 * (1 - b + b * Double($0) / average)) }
        case .tfidf:
            return lengths.map { Float(pow(max(1, Double($0)), -0.5)) }
        }
    }
}
