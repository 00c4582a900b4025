internal import Corpus
internal import Storage
internal import TextSearch

/// Searches all channels for one part of a query: words first, then vectors.
struct PartSearch {
    /// What a search is to do, which stays: one object, since the rest is copied now and then.
    private final class Task {
        let searcher: Searcher
        let query: Query
        let part: QueryExpression.Part
        let text: TextQuery
        let references: [ReferencedMoment]
        let isWanted: ((AssetID) -> Bool)?
        let channels: Set<Channel>
        /// Passages that hold what is not wanted.
        let excluded: ExcludedPassages

        init(
            _ searcher: Searcher, _ query: Query, _ part: QueryExpression.Part,
            _ isWanted: ((AssetID) -> Bool)?, _ library: LibraryReader
        ) throws {
            self.searcher = searcher
            self.query = query
            self.part = part
            self.isWanted = isWanted
            text = part.text.limited(to: PartSearch.sources(of: part))
            references = try part.likes.map { try searcher.resolve($0, in: library) }
            channels = PartSearch.channels(of: part, text, references, query, searcher)
            excluded =
                channels.contains(.meaning) && text.hasExclusions
                ? try library.texts.excludedPassages(by: text) : .none
        }
    }

    private let task: Task
    /// What was found so far, with scores ready to be added up.
    private(set) var found: [Channel: ChannelFindings] = [:]
    /// Rows near the query, by channel.
    private var near: [Channel: VectorStage.Near] = [:]

    var part: QueryExpression.Part { task.part }
    /// The channels that are asked: wanted, able, and with something to go by.
    var channels: Set<Channel> { task.channels }

    /// - Parameter isWanted: nil when every asset is.
    init(
        searcher: Searcher, query: Query, part: QueryExpression.Part,
        isWanted: ((AssetID) -> Bool)?, in library: LibraryReader
    ) throws {
        task = try Task(searcher, query, part, isWanted, library)
    }

    /// Of the channels that ran.
    var weights: [Channel: Double] { task.query.weights.filter { found[$0.key] != nil } }

    mutating func searchKeywords(
        in library: LibraryReader, timings: inout SearchTimings
    ) throws {
        guard channels.contains(.keywords) else { return }
        found[.keywords] = try timings.measure(.keywords) {
            let (findings, fullMarks) = try search(in: library).keywords(task.text)
            return normalize(findings, floor: 0, ceiling: fullMarks)
        }
    }

    /// - Parameter presence: of the search; it ends when the search waits for the vector stage, and
    ///   another takes its place.
    mutating func searchVectors(
        timings: inout SearchTimings, presence: inout SearchTraffic.Presence?
    ) throws {
        let wanted = [Channel.frames, .meaning].filter(channels.contains)
        guard !wanted.isEmpty else { return }
        let target = QueryVector(
            text: task.text, picture: task.query.picture, references: task.references)
        let answer = try task.searcher.vectorStage.answer(
            target, wanted, where: task.isWanted, leaving: presence)
        near = answer.near
        presence = answer.presence
        timings.add(answer.secondsByStage)
    }

    mutating func placeVectors(in library: LibraryReader, timings: inout SearchTimings) throws {
        for (channel, near) in near {
            found[channel] = try timings.measure(channel.stage) {
                normalize(
                    try search(in: library).findings(
                        near.matches, channel, nearTo: near.vector, excluding: task.excluded))
            }
        }
    }

    private func search(in library: LibraryReader) -> ChannelSearch {
        var search = ChannelSearch(
            searcher: task.searcher, library: library, calibration: task.searcher.calibration)
        search.isWanted = task.isWanted
        search.sources = Self.sources(of: part)
        search.leftOut = task.references.map(\.key)
        return search
    }

    /// Where a part may be found in text; nil for everywhere.
    private static func sources(of part: QueryExpression.Part) -> Set<PassageSource>? {
        part.scope == .said ? [.subtitle, .transcript] : nil
    }

    private static func channels(
        of part: QueryExpression.Part, _ text: TextQuery, _ references: [ReferencedMoment],
        _ query: Query, _ searcher: Searcher
    ) -> Set<Channel> {
        let hasWords = text.plainText.contains { !$0.isWhitespace }
        return Set(
            Channel.allCases.filter { channel in
                guard query.weights[channel, default: 0] > 0 else { return false }
                switch channel {
                case .keywords: return hasWords && part.scope != .seen
                case .frames:
                    return part.scope != .said && searcher.vectors[.frames] != nil
                        && (hasWords && searcher.imageTextEmbedder != nil
                            || query.picture != nil && searcher.imageEmbedder != nil
                            || references.contains { $0.vectors[.frames] != nil })
                case .meaning:
                    return part.scope != .seen && searcher.vectors[.meaning] != nil
                        && (hasWords && searcher.textEmbedder != nil
                            || references.contains { $0.vectors[.meaning] != nil })
                }
            })
    }

    private func normalize(
        _ findings: consuming [Finding], floor: Double? = nil, ceiling: Double? = nil
    ) -> ChannelFindings {
        let result: ScoreNormalization.Result
        switch task.query.fusion {
        case .minMax:
            // Words have a zero of their own; cosines do not.
            result = ScoreNormalization.minMax(
                findings.map(\.rankedBy), floor: floor, ceiling: ceiling)
        case .zScore: result = ScoreNormalization.zScores(findings.map(\.rankedBy))
        case .reciprocalRank: result = ScoreNormalization.reciprocalRanks(findings.map(\.rankedBy))
        case .calibrated:
            result = ScoreNormalization.unlikelihood(findings.map { $0.falseAlarmRate ?? 1 })
        }
        for index in findings.indices { findings[index].score = result.scores[index] }
        return ChannelFindings(findings: findings, absent: result.absent)
    }
}

extension Channel {
    var stage: SearchStage {
        switch self {
        case .keywords: .keywords
        case .frames: .frames
        case .meaning: .meaning
        }
    }
}

extension TextQuery {
    /// Clauses without a field of their own look into these only.
    fileprivate func limited(to sources: Set<PassageSource>?) -> TextQuery {
        guard let sources else { return self }
        var query = self
        for index in query.clauses.indices where query.clauses[index].fields.isEmpty {
            query.clauses[index].fields = sources
        }
        return query
    }
}
