package import Corpus
package import Storage
package import Tensors
internal import TextSearch

/// Measures how unrelated queries score in a library; see `Calibration`.
package struct Calibrator {
    /// Texts that a channel's model embeds, queries × dimension; nil for a channel without a model.
    package typealias Embedding = (Channel, [String]) throws -> Matrix?

    /// The unrelated queries, the same in every library.
    package static let queries = NullQueries.phrases(queryCount)

    /// Enough for rates of a few percent; 4.5 s of work on 200 000 frames and as many passages.
    private static let queryCount = 200
    private static let keywordQueriesEachLength = 100
    /// Rows of a space that its mean is taken of.
    private static let rowSample = 4096

    private let searcher: Searcher
    private let embedding: Embedding

    /// - Parameters:
    ///   - library: a snapshot of what is to be measured.
    ///   - embedding: called once a channel that has vectors, with `queries`.
    package init(
        library: LibraryReader, workers: Int, embedding: @escaping Embedding
    ) throws {
        searcher = try Searcher(
            library: library, models: SearchModels(), workers: workers, isCalibrated: false)
        self.embedding = embedding
    }

    /// What to keep with the library, for `LibraryWriter.setCalibration`.
    package func measure() throws -> StoredCalibration {
        try searcher.readers.with(measure(in:))
    }

    private func measure(in library: LibraryReader) throws -> StoredCalibration {
        let phrases = Self.queries
        var calibration = Calibration()
        calibration.keywords = try keywordNull(in: library)
        var found: [Channel: [[Finding]]] = [:]
        for channel in [Channel.frames, .meaning] where searcher.vectors[channel] != nil {
            guard let queries = try embedding(channel, phrases) else { continue }
            found[channel] = try measure(
                channel, (0..<queries.rows).map { Array(queries[$0]) }, in: library,
                into: &calibration)
        }
        found[.keywords] = try phrases.map {
            try search(calibration, in: library).keywords(TextQuery(words: $0)).findings
        }
        calibration.joint = joint(found)
        return try calibration.stored(generation: library.generation)
    }

    private func search(
        _ calibration: Calibration, in library: LibraryReader
    ) -> ChannelSearch {
        ChannelSearch(searcher: searcher, library: library, calibration: calibration)
    }

    /// Adds a channel's centring and distribution.
    /// - Returns: what each query found, with its rates.
    private func measure(
        _ channel: Channel, _ queries: [[Float]], in library: LibraryReader,
        into calibration: inout Calibration
    ) throws -> [[Finding]]? {
        guard let vectors = searcher.vectors[channel],
            let rowMean = try vectors.meanVector(limit: Self.rowSample)
        else { return nil }
        var queryMean = [Float](repeating: 0, count: rowMean.count)
        for query in queries {
            for index in queryMean.indices { queryMean[index] += query[index] }
        }
        let centring = Centring(
            query: queryMean.map { $0 / Float(queries.count) }, row: rowMean,
            rowCount: vectors.count)
        // The scale does not matter yet: this search is for the statistics.
        guard let blank = NullDistribution(fittedTo: [0, 0, 0, 0]) else { return nil }
        calibration.spaces[channel.rawValue] = Calibration.Space(
            fingerprint: vectors.space.fingerprint, centring: centring, null: blank)
        var found = try queries.map {
            try search(calibration, in: library).nearest(channel, to: $0)
        }
        guard let null = NullDistribution(fittedTo: found.compactMap { $0.map(\.statistic).max() })
        else {
            calibration.spaces[channel.rawValue] = nil
            return nil
        }
        calibration.spaces[channel.rawValue]?.null = null
        for query in found.indices {
            for index in found[query].indices {
                found[query][index].falseAlarmRate = Calibration.falseAlarmRate(
                    of: found[query][index].statistic, by: null)
            }
        }
        return found
    }

    private func keywordNull(in library: LibraryReader) throws -> KeywordNull {
        var null = KeywordNull()
        let search = search(Calibration(), in: library)
        for termCount in 1...KeywordNull.mostTerms {
            let queries = NullQueries.words(Self.keywordQueriesEachLength, each: termCount)
            null.shares.append(
                try queries.map {
                    try search.keywords(TextQuery(words: $0)).findings.first?.statistic ?? 0
                }.sorted())
        }
        return null
    }

    /// The best joint evidence of every query, for every choice of two channels and more.
    private func joint(_ found: [Channel: [[Finding]]]) -> [String: NullDistribution] {
        let channels = Channel.allCases.filter { found[$0] != nil }
        var joint: [String: NullDistribution] = [:]
        for choice in 1..<(1 << channels.count) {
            let chosen = channels.indices.filter { choice & (1 << $0) != 0 }.map { channels[$0] }
            guard chosen.count > 1 else { continue }
            let merger = MomentMerger(
                weights: Dictionary(uniqueKeysWithValues: chosen.map { ($0, 1) }),
                momentsPerAsset: 1)
            let best = (0..<Self.queryCount).map { query in
                var evidence: [Channel: ChannelFindings] = [:]
                for channel in chosen {
                    var findings = found[channel]?[query] ?? []
                    for index in findings.indices {
                        findings[index].score = Calibration.evidence(
                            [channel: findings[index].falseAlarmRate ?? 1])
                    }
                    evidence[channel] = ChannelFindings(findings: findings)
                }
                // The mean over the channels, back to their sum.
                return (merger.moments(from: evidence).first?.score ?? 0) * Double(chosen.count)
            }
            // −ln of a single uniform rate spreads by 1: much less is an artefact of ties.
            joint[Calibration.key(Set(chosen))] = NullDistribution(
                fittedTo: best, minimumScale: 0.25)
        }
        return joint
    }
}
