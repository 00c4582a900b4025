internal import Corpus

/// The answer to a search as JSON: `reel search --json`, and later the HTTP endpoint.
package struct SearchDocument: Encodable {
    let schemaVersion = 1
    let query: String
    let generation: Int64
    let partial: Bool
    let missing: [String]
    let notes: [String]
    let milliseconds: [String: Double]
    let hits: [HitDocument]
    let assets: [AssetHitDocument]

    package init(_ answer: SearchAnswer) {
        query = answer.query
        generation = answer.generation
        partial = !answer.missing.isEmpty
        missing = answer.missing
        notes = answer.notes
        milliseconds = answer.milliseconds
        hits = answer.hits.enumerated().map { HitDocument(rank: $0 + 1, hit: $1) }
        assets = answer.assets.map(AssetHitDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case query, generation, partial, missing, notes, milliseconds, hits, assets
    }
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

    init(rank: Int, hit: Hit) {
        self.rank = rank
        score = hit.score
        fusedScore = hit.fusedScore
        confidence = hit.confidence
        asset = AssetDocument(hit.asset)
        moment = SpanDocument(hit.moment)
        snippet = hit.snippet?.text
        let isSingle = hit.parts.count == 1
        channels = isSingle ? ChannelDocument.documents(hit.parts[0].channels) : nil
        parts = isSingle ? nil : hit.parts.map(PartDocument.init)
        reranking = hit.reranking.map {
            RerankDocument(score: $0.score, raw: $0.raw, weight: $0.weight)
        }
        duplicates = hit.duplicates.map {
            PlaceDocument(path: $0.path, moment: SpanDocument($0.moment))
        }
    }

    enum CodingKeys: String, CodingKey {
        case rank, score, confidence, asset, moment, snippet, channels, parts, reranking
        case duplicates
        case fusedScore = "fused_score"
    }
}

struct PartDocument: Encodable {
    let query: String
    let score: Double
    let confidence: Double?
    let moment: SpanDocument
    let channels: [String: ChannelDocument]

    init(_ part: HitPart) {
        query = part.query
        score = part.score
        confidence = part.falseAlarmRate.map { 1 - $0 }
        moment = SpanDocument(part.moment)
        channels = ChannelDocument.documents(part.channels)
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

    init(_ evidence: ChannelEvidence) {
        score = evidence.score
        raw = evidence.raw
        weight = evidence.weight
        falseAlarmRate = evidence.falseAlarmRate
        terms = evidence.terms.isEmpty ? nil : evidence.terms
        timeSeconds = evidence.timeSeconds
        thumbnail = evidence.thumbnail
    }

    static func documents(_ channels: [Channel: ChannelEvidence]) -> [String: ChannelDocument] {
        Dictionary(uniqueKeysWithValues: channels.map { ($0.rawValue, ChannelDocument($1)) })
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
