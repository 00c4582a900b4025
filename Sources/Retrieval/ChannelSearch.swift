internal import Corpus
internal import Embedders
internal import Glibc
internal import Storage
internal import Tensors
internal import TextSearch

/// Asks one channel at a time for its best rows, with scores normalised to 0…1.
struct ChannelSearch {
    /// Rows a channel hands on to fusion.
    private static let candidates = 200

    let searcher: Searcher
    let query: Query
    /// Nil when every asset is wanted.
    let isWanted: ((AssetID) -> Bool)?

    func findings(of channel: Channel, timings: inout SearchTimings) throws -> [Finding] {
        switch channel {
        case .keywords:
            try timings.measure(.keywords) { try keywords() }
        case .frames:
            try nearest(in: .frames, .frames, timings: &timings) {
                try searcher.imageTextEmbedder?.embed([query.text]).elements ?? []
            }
        case .meaning:
            try nearest(in: .meaning, .meaning, timings: &timings) {
                try searcher.textEmbedder?.embed([query.text]).elements ?? []
            }
        }
    }

    private func keywords() throws -> [Finding] {
        let texts = searcher.library.texts
        let result = try texts.search(query.text, limit: Self.candidates, where: isWanted)
        let scores = ScoreNormalization.minMax(
            result.matches.map(\.score), floor: 0, ceiling: Self.fullMarks(result))
        return try zip(result.matches, scores).map { match, score in
            Finding(
                asset: match.asset, ordinal: match.ordinal,
                span: try texts.passage(match.row)?.passage.span, raw: match.score, score: score,
                terms: match.terms)
        }
    }

    /// The score of a passage of average length that holds every word of the query once: below
    /// it the best match of a poor lot would claim to be perfect.
    private static func fullMarks(_ result: TextSearchResult) -> Double {
        let rarest = log(1 + Double(result.passageCount))
        return result.queryTerms.filter { !$0.isStopWord }.reduce(0) { sum, term in
            let idf = term.documentFrequency > 0 ? term.inverseDocumentFrequency : rarest
            return sum + idf * Double(term.repeats)
        }
    }

    private func nearest(
        in space: VectorSpace.Name, _ stage: SearchStage, timings: inout SearchTimings,
        embed: () throws -> [Float]
    ) throws -> [Finding] {
        let vector = try timings.measure(.embed, embed)
        return try timings.measure(stage) {
            guard !vector.isEmpty, let vectors = try searcher.library.vectors(of: space) else {
                return []
            }
            let matches = try vectors.nearest(
                Self.candidates, to: vector, workers: searcher.workers,
                where: isWanted ?? { _ in true })
            let scores = ScoreNormalization.minMax(matches.map { Double($0.score) })
            let spans = try spans(of: matches, in: space)
            return matches.indices.map { index in
                Finding(
                    asset: matches[index].asset, ordinal: matches[index].ordinal,
                    span: spans[index], raw: Double(matches[index].score), score: scores[index])
            }
        }
    }

    private func spans(
        of matches: [AssetVectors.Match], in space: VectorSpace.Name
    ) throws -> [TimeSpan?] {
        let library = searcher.library
        switch space {
        case .frames:
            var keyFrames: [AssetID: [StoredKeyFrame]] = [:]
            return try matches.map { match in
                let known = try keyFrames[match.asset] ?? library.keyFrames(of: match.asset)
                keyFrames[match.asset] = known
                return known.indices.contains(match.ordinal) ? known[match.ordinal].span : nil
            }
        case .meaning:
            return try matches.map { match in
                try library.texts.passage(of: match.asset, ordinal: match.ordinal)?.passage.span
            }
        }
    }
}
