internal import Corpus
internal import Embedders
internal import Storage
internal import TextSearch

/// One query on its way through the stages of a search.
///
/// A reader of the library is borrowed for what reads the library, and given back while networks
/// and vectors are at work: there are fewer readers than searches.
struct SearchRun {
    private let searcher: Searcher
    private let query: Query
    private let isCancelled: () -> Bool
    private var timings = SearchTimings()
    /// For every step of the query its parts.
    private var steps: [[PartSearch]] = []
    /// While the search keeps a core busy outside the vector stage.
    private var presence: SearchTraffic.Presence?

    init(searcher: Searcher, query: Query, isCancelled: @escaping () -> Bool) {
        self.searcher = searcher
        self.query = query
        self.isCancelled = isCancelled
    }

    mutating func result(
        onStage: ((SearchResult) throws -> Void)?
    ) throws -> SearchResult {
        if query.picture != nil,
            searcher.imageEmbedder == nil || searcher.vectors[.frames] == nil
        {
            throw RetrievalError.noPictureModel
        }
        let showsWords = onStage != nil
        presence = searcher.vectorStage.traffic.enter()
        let wordsAlone = try searcher.readers.with {
            try searchKeywords(in: $0, showing: showsWords)
        }
        if let wordsAlone {
            // Whoever takes it may take long.
            presence?.leave()
            try onStage?(result(.keywords, wordsAlone))
        }
        try searchVectors()
        try requireWanted()
        let reading = reading()
        let (hits, texts) = try searcher.readers.with {
            try fusedHits(in: $0, for: reading?.settings)
        }
        presence?.leave()
        let step: SearchResult.Step = hasVectors ? .fused : .keywords
        let fused = result(step, Array(hits.prefix(query.top)))
        guard let reading else { return fused }
        try onStage?(fused)
        try requireWanted()
        let (reranked, readCount) = try timings.measure(.rerank) { [searcher] in
            try HitReranker(
                reranker: reading.reranker, cache: searcher.rerankCache, settings: reading.settings
            ).rerank(hits, texts: texts, query: reading.words)
        }
        var last = result(.reranked, Array(reranked.prefix(query.top)))
        last.readCount = readCount
        return last
    }

    /// - Returns: what the words alone find, when that is to be shown and is not all there is.
    private mutating func searchKeywords(
        in library: LibraryReader, showing isShown: Bool
    ) throws -> [Hit]? {
        try begin(in: library)
        for step in steps.indices {
            for part in steps[step].indices {
                try steps[step][part].searchKeywords(in: library, timings: &timings)
            }
        }
        return isShown && hasKeywords && hasVectors ? try hits(limit: query.top, in: library) : nil
    }

    private mutating func searchVectors() throws {
        for step in steps.indices {
            for part in steps[step].indices {
                try requireWanted()
                try steps[step][part].searchVectors(
                    timings: &timings, presence: &presence)
            }
        }
    }

    /// - Returns: the hits, and for those that will be read again what is said there.
    private mutating func fusedHits(
        in library: LibraryReader, for reading: RerankSettings?
    ) throws -> ([Hit], texts: [String?]) {
        for step in steps.indices {
            for part in steps[step].indices {
                try steps[step][part].placeVectors(in: library, timings: &timings)
            }
        }
        let found = try hits(limit: max(query.top, reading?.depth ?? 0), in: library)
        return (found, try reading.map { try texts(of: found, $0, in: library) } ?? [])
    }

    private func requireWanted() throws {
        if isCancelled() { throw CancellationError() }
    }

    private func result(_ step: SearchResult.Step, _ hits: [Hit]) -> SearchResult {
        SearchResult(step: step, hits: hits, secondsByStage: timings.secondsByStage)
    }

    // MARK: Channels

    private mutating func begin(in library: LibraryReader) throws {
        // Nil when the filter leaves nothing out.
        var isWanted: ((AssetID) -> Bool)?
        if !query.filter.isEmpty {
            let passing = try library.assets(passing: query.filter)
            isWanted = { passing.contains($0) }
        }
        steps = try query.expression.steps.map { step in
            try step.parts.map {
                try PartSearch(
                    searcher: searcher, query: query, part: $0, isWanted: isWanted, in: library)
            }
        }
    }

    private var hasKeywords: Bool { steps.joined().contains { $0.channels.contains(.keywords) } }

    private var hasVectors: Bool {
        steps.joined().contains { !$0.channels.subtracting([.keywords]).isEmpty }
    }

    // MARK: Hits

    /// Joins what was found so far; best first.
    private mutating func hits(limit: Int, in library: LibraryReader) throws -> [Hit] {
        try timings.measure(.fuse) { [self] in
            let gatherer = HitGatherer(
                searcher: searcher, library: library, parts: steps.flatMap { $0 }, query: query)
            guard let part = onlyPart else {
                return try gatherer.distinctHits(of: chains(), limit: limit)
            }
            let links = MomentMerger(weights: part.weights).allMoments(from: part.found).lazy.map {
                MomentChain.Link(moments: [$0], span: $0.span, lastSpan: $0.span)
            }
            return try gatherer.distinctHits(of: links, limit: limit)
        }
    }

    /// Of a query that has one part alone; nil of any other.
    private var onlyPart: PartSearch? { query.expression.onlyPart == nil ? nil : steps[0][0] }

    private func chains() -> [MomentChain.Link] {
        let moments = steps.map { step in
            step.map { part in
                MomentMerger(weights: part.weights, momentsPerAsset: MomentChain.momentsPerAsset)
                    .moments(from: part.found)
            }
        }
        return MomentChain(withinSeconds: query.expression.withinSeconds).chains(of: moments)
    }

    // MARK: Reading again

    private struct Reading {
        var reranker: any PassageReranker
        var settings: RerankSettings
        var words: String
    }

    /// Nil when nothing is read again: only one plain part of words can be.
    private func reading() -> Reading? {
        guard let reranker = searcher.models.reranker, let settings = query.reranking,
            let part = query.expression.onlyPart
        else { return nil }
        let words = part.text.plainText
        return words.isEmpty
            ? nil : Reading(reranker: reranker, settings: settings, words: words)
    }

    private func texts(
        of hits: [Hit], _ settings: RerankSettings, in library: LibraryReader
    ) throws -> [String?] {
        let texts = MomentText(library: library)
        return try hits.enumerated().map { place, hit in
            place < settings.depth ? try texts.text(of: hit.moment, in: hit.asset.id) : nil
        }
    }
}
