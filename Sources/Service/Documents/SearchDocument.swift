internal import Corpus

/// The answer to a search as JSON: `reel search --json`, and later the HTTP endpoint.
package struct SearchDocument: Encodable {
    let schemaVersion = 1
    let query: String
    let generation: Int64
    let partial: Bool
    let missing: [String]
    let milliseconds: [String: Double]
    let hits: [HitDocument]

    package init(_ answer: SearchAnswer) {
        query = answer.query
        generation = answer.generation
        partial = !answer.missing.isEmpty
        missing = answer.missing
        milliseconds = answer.milliseconds
        hits = answer.hits.enumerated().map { HitDocument(rank: $0 + 1, hit: $1) }
    }

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case query, generation, partial, missing, milliseconds, hits
    }
}

struct HitDocument: Encodable {
    let rank: Int
    let score: Double
    let asset: AssetDocument
    let moment: SpanDocument
    let snippet: String?
    let channels: [String: ChannelDocument]

    init(rank: Int, hit: Hit) {
        self.rank = rank
        score = hit.score
        asset = AssetDocument(hit.asset)
        moment = SpanDocument(hit.moment)
        snippet = hit.snippet?.text
        channels = Dictionary(
            uniqueKeysWithValues: hit.channels.map { ($0.rawValue, ChannelDocument($1)) })
    }
}

struct ChannelDocument: Encodable {
    let score: Double
    let raw: Double
    let weight: Double
    let terms: [String: Double]?
    let timeSeconds: Double?
    let thumbnail: String?

    init(_ evidence: ChannelEvidence) {
        score = evidence.score
        raw = evidence.raw
        weight = evidence.weight
        terms = evidence.terms.isEmpty ? nil : evidence.terms
        timeSeconds = evidence.timeSeconds
        thumbnail = evidence.thumbnail
    }

    enum CodingKeys: String, CodingKey {
        case score, raw, weight, terms, thumbnail
        case timeSeconds = "time_seconds"
    }
}
