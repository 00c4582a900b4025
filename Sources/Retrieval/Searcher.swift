package import Corpus
package import Embedders
internal import Glibc
package import Storage
internal import TextSearch

/// Answers queries from one snapshot of a library: each channel, normalised, fused into moments.
package struct Searcher {
    let library: LibraryReader
    let imageTextEmbedder: CLIPTextEmbedder?
    let textEmbedder: TextEmbedder?
    /// Cores for the scan of vectors.
    let workers: Int

    /// - Parameters:
    ///   - imageTextEmbedder: the text tower of the model whose image tower made the frames.
    ///   - textEmbedder: the encoder that made the passages' vectors.
    package init(
        library: LibraryReader, imageTextEmbedder: CLIPTextEmbedder?, textEmbedder: TextEmbedder?,
        workers: Int
    ) {
        self.library = library
        self.imageTextEmbedder = imageTextEmbedder
        self.textEmbedder = textEmbedder
        self.workers = workers
    }

    package func search(_ query: Query) throws -> SearchResult {
        var timings = SearchTimings()
        let isWanted = try filter(query)
        let weights = query.weights.filter { $0.value > 0 && canRun($0.key) }
        let search = ChannelSearch(searcher: self, query: query, isWanted: isWanted)
        var findings: [Channel: [Finding]] = [:]
        for channel in Channel.allCases where weights[channel] != nil {
            findings[channel] = try search.findings(of: channel, timings: &timings)
        }
        let moments = timings.measure(.fuse) {
            MomentMerger(weights: weights).moments(from: findings)
        }
        var hits: [Hit] = []
        for moment in moments.prefix(query.top) {
            guard let summary = try library.asset(moment.asset) else { continue }
            hits.append(try hit(moment, of: summary.asset, weights: weights, query: query))
        }
        return SearchResult(hits: hits, secondsByStage: timings.secondsByStage)
    }

    private func canRun(_ channel: Channel) -> Bool {
        switch channel {
        case .keywords: true
        case .frames: imageTextEmbedder != nil
        case .meaning: textEmbedder != nil
        }
    }

    /// Nil when the query leaves nothing out.
    private func filter(_ query: Query) throws -> ((AssetID) -> Bool)? {
        guard query.kind != nil || query.pathPattern != nil else { return nil }
        let wanted = try library.assets().map(\.asset).filter { asset in
            if let kind = query.kind, asset.kind != kind { return false }
            guard let pattern = query.pathPattern else { return true }
            return fnmatch(pattern, asset.path, 0) == 0
        }
        let ids = Set(wanted.map(\.id))
        return { ids.contains($0) }
    }

    /// Gathers what a person wants to see of a moment.
    private func hit(
        _ moment: MomentMerger.Moment, of asset: Asset, weights: [Channel: Double], query: Query
    ) throws -> Hit {
        var channels: [Channel: ChannelEvidence] = [:]
        for (channel, weight) in weights {
            let finding = moment.evidence[channel]
            var evidence = ChannelEvidence(
                score: finding?.score ?? 0, raw: finding?.raw ?? 0, weight: weight)
            evidence.terms = finding?.terms ?? [:]
            if channel == .frames, let finding {
                let keyFrames = try library.keyFrames(of: asset.id)
                guard keyFrames.indices.contains(finding.ordinal) else { continue }
                let keyFrame = keyFrames[finding.ordinal]
                evidence.timeSeconds = keyFrame.keyFrame.timeSeconds
                evidence.thumbnail = library.paths.thumbnail(keyFrame.thumbnail)
            }
            channels[channel] = evidence
        }
        let whole = TimeSpan(startSeconds: 0, endSeconds: asset.durationSeconds)
        return Hit(
            asset: asset, moment: moment.span ?? whole, channels: channels,
            snippet: try snippet(for: moment, query: query))
    }

    /// The passage that the text channels liked best, with the words that were found in it.
    private func snippet(for moment: MomentMerger.Moment, query: Query) throws -> Snippet? {
        let texts = [moment.evidence[.keywords], moment.evidence[.meaning]].compactMap { $0 }
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
}

/// The stages of a search, in order.
package enum SearchStage: String, Sendable, CaseIterable {
    /// The query through the models.
    case embed
    case keywords, frames, meaning
    case fuse
}

struct SearchTimings {
    private(set) var secondsByStage: [SearchStage: Double] = [:]

    mutating func measure<Result>(
        _ stage: SearchStage, _ body: () throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let elapsed = start.duration(to: .now)
            secondsByStage[stage, default: 0] += elapsed / .seconds(1)
        }
        return try body()
    }
}
