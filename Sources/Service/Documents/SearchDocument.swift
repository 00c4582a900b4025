internal import Corpus

/// The answer to a search as JSON: `reel search --json` and the HTTP endpoint.
package struct SearchDocument: Encodable {
    /// Where whoever reads it finds what it speaks of.
    package enum Addresses: Sendable {
        /// In the file system: the thumbnails' paths.
        case paths
        /// On the server: links, and the snippet in pieces.
        case links
    }

    let schemaVersion = 1
    /// Of an answer that comes in stages.
    let stage: String?
    let query: String
    let generation: Int64
    let partial: Bool
    let missing: [String]
    let notes: [String]
    let milliseconds: [String: Double]
    let hits: [HitDocument]
    let assets: [AssetHitDocument]

    /// - Parameter showsStage: whether the answer is one of several.
    package init(
        _ answer: SearchAnswer, addresses: Addresses = .paths, showsStage: Bool = false
    ) {
        stage = showsStage ? answer.stage : nil
        query = answer.query
        generation = answer.generation
        partial = !answer.missing.isEmpty
        missing = answer.missing
        notes = answer.notes
        milliseconds = answer.milliseconds
        hits = answer.hits.enumerated().map {
            HitDocument(rank: $0 + 1, hit: $1, addresses: addresses)
        }
        assets = answer.assets.map(AssetHitDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case stage, query, generation, partial, missing, notes, milliseconds, hits, assets
    }
}

/// A piece of a snippet.
struct HighlightDocument: Encodable {
    let text: String
    let matched: Bool
}

/// A moment that answers the query.
struct HitDocument: Encodable {
    let rank: Int
    let score: Double
    let fusedScore: Double
    /// 1 − the false alarm rate; null when the library is not calibrated.
    let confidence: Double?
    let asset: AssetDocument
    let moment: SpanDocument
    let snippet: String?
    /// Of an ordinary query; a query of several parts has them in `parts`.
    let channels: [String: ChannelDocument]?
    let parts: [PartDocument]?
    let reranking: RerankDocument?
    let duplicates: [PlaceDocument]
    let links: AssetLinks?
    /// The snippet in pieces, in order.
    let highlights: [HighlightDocument]?

    init(rank: Int, hit: Hit, addresses: SearchDocument.Addresses) {
        self.rank = rank
        score = hit.score
        fusedScore = hit.fusedScore
        confidence = hit.confidence
        asset = AssetDocument(hit.asset)
        moment = SpanDocument(hit.moment)
        snippet = hit.snippet?.text
        let isSingle = hit.parts.count == 1
        channels =
            isSingle
            ? ChannelDocument.documents(hit.parts[0].channels, of: hit.asset.id, addresses) : nil
        parts =
            isSingle
            ? nil : hit.parts.map { PartDocument($0, of: hit.asset.id, addresses) }
        reranking = hit.reranking.map {
            RerankDocument(score: $0.score, raw: $0.raw, weight: $0.weight)
        }
        duplicates = hit.duplicates.map {
            PlaceDocument(path: $0.path, moment: SpanDocument($0.moment))
        }
        switch addresses {
        case .paths: (links, highlights) = (nil, nil)
        case .links:
            links = AssetLinks(
                hit.asset.id, frame: hit.keyFrame, hasCaptions: hit.hasCaptions)
            highlights =
                hit.snippet?.pieces.map { HighlightDocument(text: $0.text, matched: $0.isMatch) }
                ?? []
        }
    }

    enum CodingKeys: String, CodingKey {
        case rank, score, confidence, asset, moment, snippet, channels, parts, reranking
        case duplicates, links, highlights
        case fusedScore = "fused_score"
    }
}

struct PartDocument: Encodable {
    let query: String
    let score: Double
    let confidence: Double?
    let moment: SpanDocument
    let channels: [String: ChannelDocument]

    init(_ part: HitPart, of asset: AssetID, _ addresses: SearchDocument.Addresses) {
        query = part.query
        score = part.score
        confidence = part.falseAlarmRate.map { 1 - $0 }
        moment = SpanDocument(part.moment)
        channels = ChannelDocument.documents(part.channels, of: asset, addresses)
    }
}

struct RerankDocument: Encodable {
    let score: Double
    let raw: Double
    let weight: Double
}

struct PlaceDocument: Encodable {
    let path: String
    let moment: SpanDocument
}

struct ChannelDocument: Encodable {
    let score: Double
    /// Null when the channel found nothing here.
    let raw: Double?
    let weight: Double
    let falseAlarmRate: Double?
    let terms: [String: Double]?
    let timeSeconds: Double?
    let thumbnail: String?

    init(
        _ evidence: ChannelEvidence, of asset: AssetID, _ addresses: SearchDocument.Addresses
    ) {
        score = evidence.score
        raw = evidence.raw
        weight = evidence.weight
        falseAlarmRate = evidence.falseAlarmRate
        terms = evidence.terms.isEmpty ? nil : evidence.terms
        timeSeconds = evidence.timeSeconds
        switch addresses {
        case .paths: thumbnail = evidence.thumbnail
        case .links:
            thumbnail = evidence.keyFrame.map {
                AssetLinks.thumbnail(asset, $0)
            }
        }
    }

    static func documents(
        _ channels: [Channel: ChannelEvidence], of asset: AssetID,
        _ addresses: SearchDocument.Addresses
    ) -> [String: ChannelDocument] {
        Dictionary(
            uniqueKeysWithValues: channels.map {
                ($0.rawValue, ChannelDocument($1, of: asset, addresses))
            })
    }

    enum CodingKeys: String, CodingKey {
        case score, raw, weight, terms, thumbnail
        case falseAlarmRate = "false_alarm_rate"
        case timeSeconds = "time_seconds"
    }
}

/// An asset among the hits.
struct AssetHitDocument: Encodable {
    let asset: AssetDocument
    let score: Double
    /// What moments after the best one add to the score.
    let bonus: Double
    /// Ranks of its moments among the hits.
    let ranks: [Int]

    init(_ hit: AssetHit) {
        asset = AssetDocument(hit.asset)
        score = hit.score
        bonus = hit.bonus
        ranks = hit.hits.map { $0 + 1 }
    }
}
