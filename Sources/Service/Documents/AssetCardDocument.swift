internal import Corpus

/// An asset as `/v1/assets` lists it.
struct AssetCardDocument: Encodable {
    let id: String
    let path: String
    /// Every path it was seen at.
    let paths: [String]
    let kind: AssetKind
    let title: String?
    let note: String?
    let durationSeconds: Double
    let keyFrames: Int
    let passages: Int
    let thumbnail: String?
    let links: AssetLinks

    init(_ card: AssetCard) {
        let asset = card.summary.asset
        id = asset.id.description
        path = asset.path
        paths = card.paths
        kind = asset.kind
        title = asset.title
        note = card.summary.note
        durationSeconds = asset.durationSeconds
        keyFrames = card.summary.keyFrameCount
        passages = card.summary.passageCount
        links = AssetLinks(asset.id, frame: card.frame, hasCaptions: card.hasCaptions)
        thumbnail = links.thumbnail
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(path, forKey: .path)
        try container.encode(paths, forKey: .paths)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(title, forKey: .title)
        try container.encodeIfPresent(note, forKey: .note)
        try container.encode(durationSeconds, forKey: .durationSeconds)
        try container.encode(keyFrames, forKey: .keyFrames)
        try container.encode(passages, forKey: .passages)
        try container.encode(thumbnail, forKey: .thumbnail)
        try container.encode(links, forKey: .links)
    }

    enum CodingKeys: String, CodingKey {
        case id, path, paths, kind, title, note, passages, thumbnail, links
        case durationSeconds = "duration_seconds"
        case keyFrames = "key_frames"
    }
}

/// `GET /v1/assets`.
package struct AssetPageDocument: Encodable {
    let schemaVersion = 1
    let generation: Int64
    let assets: [AssetCardDocument]
    let problems: [FileProblem]
    let removed: [FileProblem]
    let nextCursor: String?

    package init(_ page: AssetPage) {
        generation = page.generation
        assets = page.assets.map(AssetCardDocument.init)
        problems = page.problems
        removed = page.removed
        nextCursor = page.next?.text
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(generation, forKey: .generation)
        try container.encode(assets, forKey: .assets)
        try container.encode(problems, forKey: .problems)
        try container.encode(removed, forKey: .removed)
        try container.encode(nextCursor, forKey: .nextCursor)
    }

    enum CodingKeys: String, CodingKey {
        case generation, assets, problems, removed
        case schemaVersion = "schema_version"
        case nextCursor = "next_cursor"
    }
}

/// `GET /v1/assets/{id}`.
package struct AssetDetailsDocument: Encodable {
    let schemaVersion = 1
    let generation: Int64
    let asset: AssetCardDocument
    /// Null where it is not known.
    let captionLanguage: String?
    let frames: [Frame]
    let passages: [PassageDocument]

    struct Frame: Encodable {
        let ordinal: Int
        let timeSeconds: Double
        let startSeconds: Double
        let endSeconds: Double
        let thumbnail: String

        enum CodingKeys: String, CodingKey {
            case ordinal, thumbnail
            case timeSeconds = "time_seconds"
            case startSeconds = "start_seconds"
            case endSeconds = "end_seconds"
        }
    }

    package init(_ details: AssetDetails) {
        generation = details.generation
        asset = AssetCardDocument(details.card)
        captionLanguage = details.captionLanguage
        let id = details.card.summary.asset.id
        frames = details.timeline.frames.enumerated().map { ordinal, frame in
            Frame(
                ordinal: ordinal, timeSeconds: frame.keyFrame.timeSeconds,
                startSeconds: frame.span.startSeconds, endSeconds: frame.span.endSeconds,
                thumbnail: AssetLinks.thumbnail(id, ordinal))
        }
        passages = details.timeline.passages.map(PassageDocument.init)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(generation, forKey: .generation)
        try container.encode(asset, forKey: .asset)
        try container.encode(captionLanguage, forKey: .captionLanguage)
        try container.encode(frames, forKey: .frames)
        try container.encode(passages, forKey: .passages)
    }

    enum CodingKeys: String, CodingKey {
        case generation, asset, frames, passages
        case schemaVersion = "schema_version"
        case captionLanguage = "caption_language"
    }
}
