internal import Corpus
internal import Storage
internal import TextSearch

/// Searches all channels for one part of a query.
struct PartSearch {
    let searcher: Searcher
    let query: Query
    let part: QueryExpression.Part
    let isWanted: ((AssetID) -> Bool)?

    /// What the channels that could be asked found, with scores ready to be added up.
    func findings(timings: inout SearchTimings) throws -> [Channel: ChannelFindings] {
        let text = part.text.limited(to: sources)
        let references = try part.likes.map(searcher.resolve)
        let channels = channels(text, references)
        let excluded =
            channels.contains(.meaning) && text.hasExclusions
            ? try searcher.library.texts.excludedPassages(by: text) : .none
        var search = ChannelSearch(searcher: searcher, calibration: searcher.calibration)
        search.isWanted = isWanted
        search.sources = sources
        search.leftOut = references.map(\.key)

        let target = QueryVector(
            models: searcher.models, text: text, picture: query.picture, references: references)
        let vectors = try timings.measure(.embed) {
            try target.vectors(of: [.frames, .meaning].filter(channels.contains))
        }
        var found: [Channel: ChannelFindings] = [:]
        if channels.contains(.keywords) {
            found[.keywords] = try timings.measure(.keywords) {
                let (findings, fullMarks) = try search.keywords(text)
                return normalize(findings, floor: 0, ceiling: fullMarks)
            }
        }
        for (channel, vector) in vectors {
            found[channel] = try timings.measure(channel == .frames ? .frames : .meaning) {
                normalize(try search.nearest(channel, to: vector, excluding: excluded))
            }
        }
        return found
    }

    /// Where the part may be found in text; nil for everywhere.
    private var sources: Set<PassageSource>? {
        part.scope == .said ? [.subtitle, .transcript] : nil
    }

    /// The channels that are asked: wanted, able, and with something to go by.
    private func channels(_ text: TextQuery, _ references: [ReferencedMoment]) -> Set<Channel> {
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
        _ findings: [Finding], floor: Double? = nil, ceiling: Double? = nil
    ) -> ChannelFindings {
        let result: ScoreNormalization.Result
        switch query.fusion {
        case .minMax:
            // Words have a zero of their own; cosines do not.
            result = ScoreNormalization.minMax(
                findings.map(\.rankedBy), floor: floor, ceiling: ceiling)
        case .zScore: result = ScoreNormalization.zScores(findings.map(\.rankedBy))
        case .reciprocalRank: result = ScoreNormalization.reciprocalRanks(findings.map(\.rankedBy))
        case .calibrated:
            result = ScoreNormalization.unlikelihood(findings.map { $0.falseAlarmRate ?? 1 })
        }
        var scored = findings
        for index in scored.indices { scored[index].score = result.scores[index] }
        return ChannelFindings(findings: scored, absent: result.absent)
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
