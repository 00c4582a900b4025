internal import CKernels
internal import Glibc

/// Some thousand neighbouring cases of a segment, scored together: all that a query's hundreds of
/// terms write to stays in the nearest caches.
struct CaseWindow: Sendable {
    static let size = Int(REEL_CASE_WINDOW)

    let segment: TextSegment
    /// At most `size`.
    let places: Range<Int>

    /// Whether each id of the segment may be found, from its smallest on; empty for none, nil for
    /// all.
    let flags: [Bool]?

    /// Whether any case of the window may be found.
    var hasAllowed: Bool {
        guard let flags else { return true }
        guard !flags.isEmpty else { return false }
        let first = segment.idRange.lowerBound
        return segment.ids[places].contains { flags[Int($0 - first)] }
    }

    /// The best cases of the window, at most `top`, in no order; none that shares no term.
    func best(
        _ top: Int, _ query: [CaseTextIndex.QueryTerm], _ ranking: CaseTextRanking,
        _ averages: [TextSegment.Field: Double]
    ) -> [CaseTextIndex.Match] {
        var scores = scores(query, ranking, averages)
        if let flags {
            let first = segment.idRange.lowerBound
            for (place, id) in segment.ids[places].enumerated() where !flags[Int(id - first)] {
                scores[place] = 0
            }
        }
        var heap = [reel_candidate](repeating: reel_candidate(), count: min(top, scores.count))
        let count = reel_offer_scores(&heap, 0, heap.count, scores, scores.count, 0)
        return heap[..<count].compactMap { candidate in
            candidate.score > 0
                ? CaseTextIndex.Match(
                    id: segment.ids[places.lowerBound + Int(candidate.position)],
                    score: Double(candidate.score)) : nil
        }
    }

    /// One a case of the window.
    private func scores(
        _ query: [CaseTextIndex.QueryTerm], _ ranking: CaseTextRanking,
        _ averages: [TextSegment.Field: Double]
    ) -> [Float] {
        var scores = [Float](repeating: 0, count: places.count)
        var parts = [Float](repeating: 0, count: Self.size * Int(REEL_CASE_COUNTS))
        let start = UInt32(places.lowerBound)
        for field in TextSegment.Field.allCases {
            let terms = query.filter { $0.field == field }
            guard !terms.isEmpty else { continue }
            let norms = norms(field, ranking, average: averages[field] ?? 1)
            Self.withWeights(&parts, norms, ranking) { weights in
                reel_prepare_case_weights(weights, norms.count)
                for term in terms {
                    let all = segment.postings(of: term.key)
                    let first = segment.postings(all, from: start)
                    let rest = segment.postings(first, from: UInt32(places.upperBound))
                    let own = first.lowerBound..<rest.lowerBound
                    guard !own.isEmpty, let places = segment.places.baseAddress,
                        let counts = segment.counts.baseAddress
                    else { continue }
                    reel_add_case_term(
                        &scores, weights, places + own.lowerBound, counts + own.lowerBound,
                        own.count, start, term.weight)
                }
            }
        }
        return scores
    }

    /// What a case's length does to its counts, one a case of the window.
    private func norms(
        _ field: TextSegment.Field, _ ranking: CaseTextRanking, average: Double
    ) -> [Float] {
        let lengths = segment.lengths(field)[places]
        switch ranking.formula {
        case .bm25(let k1, let b):
            return lengths.map { Float(k1 * (1 - b + b * Double($0) / average)) }
        case .tfidf:
            return lengths.map { Float(pow(max(1, Double($0)), -0.5)) }
        }
    }

    /// 1 + ln(count), by count.
    private static let frequencies: [Float] = (0...255).map { $0 == 0 ? 0 : 1 + logf(Float($0)) }

    private static func withWeights(
        _ parts: inout [Float], _ norms: [Float], _ ranking: CaseTextRanking,
        _ body: (UnsafePointer<reel_case_weights>) -> Void
    ) {
        parts.withUnsafeMutableBufferPointer { parts in
            norms.withUnsafeBufferPointer { norms in
                frequencies.withUnsafeBufferPointer { frequencies in
                    var weights = reel_case_weights(
                        parts: parts.baseAddress, norms: norms.baseAddress, saturation: 0,
                        frequencies: frequencies.baseAddress)
                    if case .bm25(let k1, _) = ranking.formula {
                        weights.saturation = Float(k1)
                        weights.frequencies = nil
                    }
                    body(&weights)
                }
            }
        }
    }
}
