internal import Corpus
internal import Storage
internal import TextSearch

/// Makes hits of moments: what a person wants to see of each, and no moment twice.
struct HitGatherer {
    let searcher: Searcher
    let library: LibraryReader
    let query: Query
    /// In the order of the query.
    private let parts: [Part]

    private struct Part {
        var source: String
        var weights: [Channel: Double]
        var ran: Set<Channel>
        /// By channel: the score that stands for not being found.
        var absent: [Channel: Double]
    }

    init(searcher: Searcher, library: LibraryReader, parts: [PartSearch], query: Query) {
        self.searcher = searcher
        self.library = library
        self.query = query
        self.parts = parts.map { part in
            let weights = part.weights
            return Part(
                source: part.part.source, weights: weights, ran: Set(weights.keys),
                absent: part.found.mapValues(\.absent))
        }
    }

    /// - Parameter links: best first.
    func distinctHits(
        of links: some Sequence<MomentChain.Link>, limit: Int
    ) throws -> [Hit] {
        var hits: [Hit] = []
        var duplicates = DuplicateFinder(searcher: searcher)
        for link in links {
            let rates = zip(link.moments, parts).map(falseAlarmRate)
            // A chain is as doubtful as its weakest part.
            let rate = rates.contains(nil) ? nil : rates.compactMap { $0 }.max()
            if let rate, 1 - rate < query.minimumConfidence { continue }
            guard let asset = try library.plainAsset(link.asset) else { continue }
            let vectors =
                link.moments.count == 1 ? try duplicates.vectors(of: link.moments[0]) : [:]
            if let original = duplicates.original(of: vectors) {
                let whole = TimeSpan(startSeconds: 0, endSeconds: asset.durationSeconds)
                hits[original].duplicates.append(
                    MomentPlace(path: asset.path, moment: link.span ?? whole))
                continue
            }
            guard hits.count < limit else { break }
            duplicates.keep(vectors, at: hits.count)
            var hit = try hit(link, of: asset, rates: rates)
            hit.falseAlarmRate = rate
            hits.append(hit)
        }
        return hits
    }

    private func falseAlarmRate(_ moment: MomentMerger.Moment, _ part: Part) -> Double? {
        searcher.calibration?.falseAlarmRate(
            of: moment.evidence.compactMapValues(\.falseAlarmRate), ran: part.ran)
    }

    /// Gathers what a person wants to see of a moment.
    private func hit(
        _ link: MomentChain.Link, of asset: Asset, rates: [Double?]
    ) throws -> Hit {
        let whole = TimeSpan(startSeconds: 0, endSeconds: asset.durationSeconds)
        var answers: [HitPart] = []
        for (index, (moment, part)) in zip(link.moments, parts).enumerated() {
            var channels: [Channel: ChannelEvidence] = [:]
            for (channel, weight) in part.weights {
                channels[channel] = try evidence(
                    moment.evidence[channel], weight: weight,
                    absent: part.absent[channel] ?? 0, channel)
            }
            var answer = HitPart(
                query: part.source, moment: moment.span ?? whole, channels: channels)
            answer.falseAlarmRate = rates[index]
            answers.append(answer)
        }
        var hit = Hit(
            asset: asset, moment: link.span ?? whole, parts: answers,
            snippet: try snippet(for: link.moments))
        let seen = link.moments.compactMap { $0.evidence[.frames] }.first
        hit.keyFrame =
            try seen?.ordinal
            ?? searcher.places.keyFrame(
                at: hit.moment.startSeconds, of: asset.id, in: library)
        hit.hasCaptions = try searcher.places.hasTimedPassages(asset.id, in: library)
        return hit
    }

    private func evidence(
        _ finding: Finding?, weight: Double, absent: Double, _ channel: Channel
    ) throws -> ChannelEvidence {
        guard let finding else {
            return ChannelEvidence(score: absent, raw: nil, weight: weight)
        }
        var evidence = ChannelEvidence(score: finding.score, raw: finding.raw, weight: weight)
        evidence.falseAlarmRate = finding.falseAlarmRate
        evidence.terms = finding.terms.byTerm
        if channel == .frames,
            let keyFrame = try library.keyFrame(of: finding.asset, ordinal: finding.ordinal)
        {
            evidence.timeSeconds = keyFrame.keyFrame.timeSeconds
            evidence.keyFrame = finding.ordinal
            evidence.thumbnail = library.paths.thumbnail(keyFrame.thumbnail)
        }
        return evidence
    }

    /// The passage that the text channels liked best, with the words of the query that are in it, also
    /// where others of the moment's passages were found by them.
    private func snippet(for moments: [MomentMerger.Moment]) throws -> Snippet? {
        let texts = moments.flatMap { [$0.evidence[.keywords], $0.evidence[.meaning]] }
            .compactMap { $0 }
        guard let best = texts.max(by: { $0.score < $1.score }), best.score > 0,
            let stored = try library.texts.passage(of: best.asset, ordinal: best.ordinal)
        else { return nil }
        let terms = moments.reduce(into: [String: Double]()) { terms, moment in
            guard let found = moment.evidence[.keywords] else { return }
            terms.merge(found.terms.byTerm, uniquingKeysWith: max)
        }
        return try library.texts.snippet(of: stored.passage, terms: terms)
    }
}
