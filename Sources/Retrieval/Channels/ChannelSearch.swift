internal import Corpus
internal import Storage
internal import TextSearch

/// Asks one channel for its best rows, and says how likely chance finds such.
struct ChannelSearch {
    /// Rows a channel hands on to fusion.
    static let candidates = 200

    let searcher: Searcher
    let library: LibraryReader
    let calibration: Calibration?
    /// Nil when every asset is wanted.
    var isWanted: ((AssetID) -> Bool)?
    /// Only passages of these sources; nil for all.
    var sources: Set<PassageSource>?
    /// Moments not to be found again.
    var leftOut: [MomentKey] = []

    /// What is found, and the score of a passage that holds every word once: below it the best
    /// match of a poor lot would claim to be perfect.
    func keywords(_ query: TextQuery) throws -> (findings: [Finding], fullMarks: Double) {
        let result = try library.texts.search(query, limit: Self.candidates, where: isWanted)
        let fullMarks = result.fullMarks
        let termCount = result.queryTerms.count { !$0.isStopWord }
        let places = try searcher.places.places(
            ofPassages: result.matches.map { .init(asset: $0.asset, ordinal: $0.ordinal) },
            in: library)
        let findings = zip(result.matches, places).compactMap { match, place -> Finding? in
            let span = place?.span
            guard !isLeftOut(match.asset, span) else { return nil }
            let share = fullMarks > 0 ? min(1, match.score / fullMarks) : 0
            return Finding(
                asset: match.asset, ordinal: match.ordinal, span: span, raw: match.score,
                rankedBy: match.score, statistic: share,
                falseAlarmRate: calibration?.keywords.falseAlarmRate(
                    of: share, termCount: termCount),
                score: 0, terms: match.worths)
        }
        return (findings, fullMarks)
    }

    /// The rows nearest to a point, and what they say.
    func nearest(_ channel: Channel, to vector: [Float]) throws -> [Finding] {
        try findings(
            searcher.vectorStage.nearest(channel, to: vector, where: isWanted), channel,
            nearTo: vector)
    }

    /// - Parameter excluded: passages that hold what is not wanted.
    func findings(
        _ matches: [AssetVectors.Match], _ channel: Channel, nearTo vector: [Float],
        excluding excluded: ExcludedPassages = .none
    ) throws -> [Finding] {
        guard let vectors = searcher.vectors[channel] else { return [] }
        let statistics = try statistics(of: matches, channel, vectors, vector)
        // Some pictures are near to any text at all (CLIP's spaces of texts and of pictures lie apart,
        // and have hubs): centring takes that out. Passages are ranked better by plain cosines.
        let ranks = channel == .frames ? statistics : matches.map { Double($0.score) }
        let frames =
            try channel == .frames
            ? searcher.places.frames(of: matches, in: library, searcher.claimedFrames) : []
        let passages =
            try channel == .frames
            ? [] : searcher.places.passages(of: matches, in: library, searcher.claimedPassages)
        // Best first: places are put in order, since findings are large.
        let order = matches.indices.sorted {
            (ranks[$0], matches[$0].score) > (ranks[$1], matches[$1].score)
        }
        let null = calibration?.null(of: channel)
        return order.compactMap { index -> Finding? in
            let match = matches[index]
            var span: TimeSpan?
            switch channel {
            case .frames: span = frames[index]
            case .meaning, .keywords:
                guard !excluded.contains(match.asset, ordinal: match.ordinal),
                    let place = passages[index], isWanted(place.source)
                else { return nil }
                span = place.span
            }
            guard !isLeftOut(match.asset, span) else { return nil }
            return Finding(
                asset: match.asset, ordinal: match.ordinal, span: span, raw: Double(match.score),
                rankedBy: ranks[index], statistic: statistics[index],
                falseAlarmRate: null.map {
                    Calibration.falseAlarmRate(of: statistics[index], by: $0)
                },
                score: 0, match: match)
        }
    }

    /// Tags say again what the frames show, which the frames' own channel knows better.
    private func isWanted(_ source: PassageSource?) -> Bool {
        guard let sources else { return source != .tag }
        return source.map(sources.contains) ?? false
    }

    /// Centred cosines; plain ones for a library that was never calibrated.
    private func statistics(
        of matches: [AssetVectors.Match], _ channel: Channel, _ vectors: AssetVectors,
        _ vector: [Float]
    ) throws -> [Double] {
        guard let centring = calibration?.spaces[channel.rawValue]?.centring else {
            return matches.map { Double($0.score) }
        }
        // While a library is calibrated, its searcher does not know the means yet.
        let products =
            try searcher.rowMeans[channel]?.products(of: matches)
            ?? RowMeans.products(of: matches, centring, vectors)
        return centring.cosines(of: vector, raw: matches.map(\.score), with: products)
    }

    private func isLeftOut(_ asset: AssetID, _ span: TimeSpan?) -> Bool {
        !leftOut.isEmpty
            && leftOut.contains { key in
                guard key.asset == asset else { return false }
                guard let known = key.span, let span else { return true }
                return span == known || span.intersection(known) != nil
            }
    }
}

/// A moment to keep out of the results, as that which others should be like.
struct MomentKey: Sendable, Equatable {
    var asset: AssetID
    /// Nil for the whole asset.
    var span: TimeSpan?
}
