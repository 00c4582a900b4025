internal import Corpus

/// `GET /v1/library`.
package struct LibraryDocument: Encodable {
    let schemaVersion = 1
    let generation: Int64
    /// How many of each kind; all kinds are there.
    let assets: [String: Int]
    let keyFrames: Int
    let passages: Int
    let mediaSeconds: Double
    let mediaRoots: [String]
    let models: ModelsDocument
    let calibrated: Bool

    package init(_ overview: LibraryOverview, mediaRoots: [String]) {
        generation = overview.generation
        assets = Dictionary(
            uniqueKeysWithValues: AssetKind.allCases.map {
                ($0.rawValue, overview.counts.kinds[$0]?.assets ?? 0)
            })
        keyFrames = overview.counts.keyFrames
        passages = overview.counts.passages
        mediaSeconds = overview.counts.mediaSeconds
        self.mediaRoots = mediaRoots
        models = ModelsDocument(overview.models)
        calibrated = overview.isCalibrated
    }

    enum CodingKeys: String, CodingKey {
        case generation, assets, passages, models, calibrated
        case schemaVersion = "schema_version"
        case keyFrames = "key_frames"
        case mediaSeconds = "media_seconds"
        case mediaRoots = "media_roots"
    }
}
