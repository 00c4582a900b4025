package import Corpus

/// An asset in JSON, as part of a hit or a line of `reel ls --json`.
package struct AssetDocument: Encodable {
    let id: String
    let path: String
    let kind: AssetKind
    let durationSeconds: Double
    let title: String?

    package init(_ asset: Asset) {
        id = asset.id.description
        path = asset.path
        kind = asset.kind
        durationSeconds = asset.durationSeconds
        title = asset.title
    }

    enum CodingKeys: String, CodingKey {
        case id, path, kind, title
        case durationSeconds = "duration_seconds"
    }
}

/// A line of `reel ls --json`.
package struct AssetSummaryDocument: Encodable {
    let asset: AssetDocument
    let keyFrames: Int
    let passages: Int
    let note: String?

    package init(_ summary: AssetSummary) {
        asset = AssetDocument(summary.asset)
        keyFrames = summary.keyFrameCount
        passages = summary.passageCount
        note = summary.note
    }

    enum CodingKeys: String, CodingKey {
        case asset, passages, note
        case keyFrames = "key_frames"
    }
}

/// `reel show --json`.
package struct TimelineDocument: Encodable {
    let schemaVersion = 1
    let asset: AssetDocument
    let note: String?
    let keyFrames: [Frame]
    let passages: [PassageDocument]

    struct Frame: Encodable {
        let timeSeconds: Double
        let endSeconds: Double
        let difference: Double
        let thumbnail: String

        enum CodingKeys: String, CodingKey {
            case difference, thumbnail
            case timeSeconds = "time_seconds"
            case endSeconds = "end_seconds"
        }
    }

    package init(_ timeline: AssetTimeline) {
        asset = AssetDocument(timeline.summary.asset)
        note = timeline.summary.note
        keyFrames = timeline.frames.map { frame in
            Frame(
                timeSeconds: frame.keyFrame.timeSeconds, endSeconds: frame.span.endSeconds,
                difference: frame.keyFrame.difference, thumbnail: frame.thumbnail)
        }
        passages = timeline.passages.map(PassageDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case asset, note, passages
        case schemaVersion = "schema_version"
        case keyFrames = "key_frames"
    }
}

/// A passage in JSON: `reel subtitles`, `reel transcribe`, and part of `reel show --json`.
package struct PassageDocument: Encodable {
    let startSeconds: Double?
    let endSeconds: Double?
    let text: String
    let source: PassageSource
    let language: String?
    /// Of a machine's words, 0…1; absent for people's.
    let confidence: Double?

    package init(_ passage: Passage) {
        startSeconds = passage.span?.startSeconds
        endSeconds = passage.span?.endSeconds
        text = passage.text
        source = passage.source
        language = passage.language
        confidence = passage.confidence.map { ($0 * 1000).rounded() / 1000 }
    }

    enum CodingKeys: String, CodingKey {
        case text, source, language, confidence
        case startSeconds = "start_seconds"
        case endSeconds = "end_seconds"
    }
}

/// A stretch of time in JSON.
struct SpanDocument: Encodable {
    let startSeconds: Double
    let endSeconds: Double

    init(_ span: TimeSpan) {
        startSeconds = span.startSeconds
        endSeconds = span.endSeconds
    }

    enum CodingKeys: String, CodingKey {
        case startSeconds = "start_seconds"
        case endSeconds = "end_seconds"
    }
}

/// A line of `reel embed`.
package struct EmbeddingDocument: Encodable {
    let index: Int
    let embedding: [Float]

    package init(index: Int, embedding: [Float]) {
        self.index = index
        self.embedding = embedding
    }
}
