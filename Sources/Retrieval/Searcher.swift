package import Corpus
package import Embedders
package import Storage
internal import TextSearch

/// The models a search may use, each of which may be missing.
package struct SearchModels: Sendable {
    /// The text tower of the model whose image tower made the frames' vectors.
    package var imageText: CLIPTextEmbedder?
    /// That image tower, for queries by picture.
    package var image: ImageEmbedder?
    /// The encoder that made the passages' vectors.
    package var text: TextEmbedder?
    /// What reads the best hits again.
    package var reranker: (any PassageReranker)?

    package init() {}
}

/// Answers queries from one snapshot of a library: each channel, normalised, fused into moments.
package struct Searcher {
    let library: LibraryReader
    let vectors: [Channel: AssetVectors]
    /// Channels whose vectors cannot be read, and why.
    package private(set) var damage: [Channel: String] = [:]
    /// Nil when the library has none that fits the models.
    let calibration: Calibration?
    package let models: SearchModels
    private let rerankCache = RerankCache()
    /// Cores for the scan of vectors.
    let workers: Int

    var imageTextEmbedder: CLIPTextEmbedder? { models.imageText }
    var imageEmbedder: ImageEmbedder? { models.image }
    var textEmbedder: TextEmbedder? { models.text }

    package init(library: LibraryReader, models: SearchModels, workers: Int) throws {
        try self.init(library: library, models: models, workers: workers, isCalibrated: true)
    }

    /// - Parameter isCalibrated: false to look at scores as they are, as calibration itself does.
    init(library: LibraryReader, models: SearchModels, workers: Int, isCalibrated: Bool) throws {
        self.library = library
        self.models = models
        self.workers = workers
        var vectors: [Channel: AssetVectors] = [:]
        for (channel, space) in [(Channel.frames, VectorSpace.Name.frames), (.meaning, .meaning)] {
            do {
                vectors[channel] = try library.vectors(of: space)
            } catch {
                // What is left still answers; who asks is told.
                damage[channel] = "\(error)"
            }
        }
        self.vectors = vectors.filter { $0.value.count > 0 }
        let fingerprints = self.vectors.mapValues(\.space.fingerprint)
        calibration =
            isCalibrated
            ? try library.calibration().flatMap { Calibration($0, fingerprints: fingerprints) }
            : nil
    }

    /// Whether hits come with a confidence.
    package var isCalibrated: Bool { calibration != nil }

    package func search(_ query: Query) throws -> SearchResult {
        var timings = SearchTimings()
        if query.picture != nil, imageEmbedder == nil || vectors[.frames] == nil {
            throw RetrievalError.noPictureModel
        }
        let found = try find(query, timings: &timings)
        let part = query.expression.onlyPart
        guard let reranker = models.reranker, let settings = query.reranking, let part,
            case let words = part.text.plainText, !words.isEmpty
        else {
            let hits = try timings.measure(.fuse) {
                try distinctHits(of: found, query, limit: query.top)
            }
            return SearchResult(hits: hits, secondsByStage: timings.secondsByStage)
        }
        let hits = try timings.measure(.fuse) {
            try distinctHits(of: found, query, limit: max(query.top, settings.depth))
        }
        let reranked = try timings.measure(.rerank) {
            let texts = MomentText(library: library)
            return try HitReranker(reranker: reranker, cache: rerankCache, settings: settings)
                .rerank(
                    hits,
                    texts: hits.enumerated().map { place, hit in
                        place < settings.depth
                            ? try texts.text(of: hit.moment, in: hit.asset.id) : nil
                    }, query: words)
        }
        var result = SearchResult(
            hits: Array(reranked.hits.prefix(query.top)), secondsByStage: timings.secondsByStage)
        result.readCount = reranked.readCount
        return result
    }

    /// A part of the query with the channels that ran for it.
    private struct Part {
        var query: QueryExpression.Part
        var weights: [Channel: Double]
        var absent: [Channel: Double]
    }

    private struct Links {
        var links: [MomentChain.Link]
        var parts: [Part]
    }

    /// Searches every part and joins what was found; best first.
    private func find(_ query: Query, timings: inout SearchTimings) throws -> Links {
        let isWanted = try wanted(query.filter)
        let isSingle = query.expression.onlyPart != nil
        var parts: [Part] = []
        var steps: [[[MomentMerger.Moment]]] = []
        for step in query.expression.steps {
            var found: [[MomentMerger.Moment]] = []
            for part in step.parts {
                let findings = try PartSearch(
                    searcher: self, query: query, part: part, isWanted: isWanted
                ).findings(timings: &timings)
                let weights = query.weights.filter { findings[$0.key] != nil }
                var merger = MomentMerger(weights: weights)
                if !isSingle { merger.momentsPerAsset = MomentChain.momentsPerAsset }
                found.append(timings.measure(.fuse) { merger.moments(from: findings) })
                parts.append(
                    Part(query: part, weights: weights, absent: findings.mapValues(\.absent)))
            }
            steps.append(found)
        }
        if isSingle {
            let links = steps[0][0].map {
                MomentChain.Link(moments: [$0], span: $0.span, lastSpan: $0.span)
            }
            return Links(links: links, parts: parts)
        }
        let chain = MomentChain(withinSeconds: query.expression.withinSeconds)
        return Links(links: timings.measure(.fuse) { chain.chains(of: steps) }, parts: parts)
    }

    /// Nil when the filter leaves nothing out.
    private func wanted(_ filter: AssetFilter) throws -> ((AssetID) -> Bool)? {
        guard !filter.isEmpty else { return nil }
        let passing = try library.assets(passing: filter)
        return { passing.contains($0) }
    }

    // MARK: Hits

    private func distinctHits(of found: Links, _ query: Query, limit: Int) throws -> [Hit] {
        var hits: [Hit] = []
        var duplicates = DuplicateFinder(searcher: self)
        for link in found.links {
            let rates = zip(link.moments, found.parts).map(falseAlarmRate)
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
            var hit = try hit(link, of: asset, found.parts, rates: rates)
            hit.falseAlarmRate = rate
            hits.append(hit)
        }
        return hits
    }

    private func falseAlarmRate(_ moment: MomentMerger.Moment, _ part: Part) -> Double? {
        calibration?.falseAlarmRate(
            of: moment.evidence.compactMapValues(\.falseAlarmRate), ran: Set(part.weights.keys))
    }

    /// Gathers what a person wants to see of a moment.
    private func hit(
        _ link: MomentChain.Link, of asset: Asset, _ parts: [Part], rates: [Double?]
    ) throws -> Hit {
        let whole = TimeSpan(startSeconds: 0, endSeconds: asset.durationSeconds)
        var answers: [HitPart] = []
        for (index, (moment, part)) in zip(link.moments, parts).enumerated() {
            var channels: [Channel: ChannelEvidence] = [:]
            for (channel, weight) in part.weights {
                channels[channel] = try evidence(
                    moment.evidence[channel], weight: weight, absent: part.absent[channel] ?? 0,
                    channel)
            }
            var answer = HitPart(
                query: part.query.source, moment: moment.span ?? whole, channels: channels)
            answer.falseAlarmRate = rates[index]
            answers.append(answer)
        }
        return Hit(
            asset: asset, moment: link.span ?? whole, parts: answers,
            snippet: try snippet(for: link.moments))
    }

    private func evidence(
        _ finding: Finding?, weight: Double, absent: Double, _ channel: Channel
    ) throws -> ChannelEvidence {
        guard let finding else {
            return ChannelEvidence(score: absent, raw: nil, weight: weight)
        }
        var evidence = ChannelEvidence(score: finding.score, raw: finding.raw, weight: weight)
        evidence.falseAlarmRate = finding.falseAlarmRate
        evidence.terms = finding.terms
        if channel == .frames,
            let keyFrame = try library.keyFrame(of: finding.asset, ordinal: finding.ordinal)
        {
            evidence.timeSeconds = keyFrame.keyFrame.timeSeconds
            evidence.thumbnail = library.paths.thumbnail(keyFrame.thumbnail)
        }
        return evidence
    }

    /// The passage that the text channels liked best, with the words that were found in it.
    private func snippet(for moments: [MomentMerger.Moment]) throws -> Snippet? {
        let texts = moments.flatMap { [$0.evidence[.keywords], $0.evidence[.meaning]] }
            .compactMap { $0 }
        guard let best = texts.max(by: { $0.score < $1.score }), best.score > 0,
            let stored = try library.texts.passage(of: best.asset, ordinal: best.ordinal)
        else { return nil }
        return try library.texts.snippet(row: stored.row, terms: best.terms)
    }
}

/// The hits of one search, and where its time went.
package struct SearchResult: Sendable {
    package var hits: [Hit]
    package var secondsByStage: [SearchStage: Double]
    /// Hits that a reranker read.
    package var readCount = 0
}
