internal import Corpus

/// `reel rm --json`.
package struct RemovalDocument: Encodable {
    let schemaVersion = 1
    let generation: Int64
    /// Nothing was changed.
    let dryRun: Bool
    let removed: [Removed]

    struct Removed: Encodable {
        let asset: AssetDocument
        let paths: [String]
        let keyFrames: Int
        let passages: Int

        enum CodingKeys: String, CodingKey {
            case asset, paths, passages
            case keyFrames = "key_frames"
        }
    }

    package init(_ answer: RemovalAnswer, isPreview: Bool) {
        generation = answer.generation
        dryRun = isPreview
        removed = answer.removed.map { removed in
            Removed(
                asset: AssetDocument(removed.summary.asset), paths: removed.paths,
                keyFrames: removed.summary.keyFrameCount, passages: removed.summary.passageCount)
        }
    }

    enum CodingKeys: String, CodingKey {
        case generation, removed
        case schemaVersion = "schema_version"
        case dryRun = "dry_run"
    }
}
