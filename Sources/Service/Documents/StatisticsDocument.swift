internal import Corpus

/// `reel stats --json`.
package struct StatisticsDocument: Encodable {
    let schemaVersion = 1
    let path: String
    let generation: Int64
    let calibrated: Bool
    let assets: [String: Kind]
    let files: Files
    let keyFrames: Int
    let passages: [String: Int]
    let models: ModelsDocument
    let spaces: [Space]
    let bytes: Bytes
    let milliseconds: Double

    struct Kind: Encodable {
        let count: Int
        let mediaSeconds: Double
        let fileBytes: Int64

        enum CodingKeys: String, CodingKey {
            case count
            case mediaSeconds = "media_seconds"
            case fileBytes = "file_bytes"
        }
    }

    struct Files: Encodable {
        let used: Int
        let unusable: Int
        let removed: Int
    }

    struct Space: Encodable {
        let name: String
        let model: String
        let dimension: Int
        let vectors: Int
        let bytes: Int64
        let segments: [Segment]
    }

    struct Segment: Encodable {
        let name: String
        let rows: Int
        let liveRows: Int
        let bytes: Int64

        enum CodingKeys: String, CodingKey {
            case name, rows, bytes
            case liveRows = "live_rows"
        }
    }

    struct Bytes: Encodable {
        let catalog: Int64
        let writeAheadLog: Int64
        let vectors: Int64
        let pictures: Int64
        let total: Int64

        enum CodingKeys: String, CodingKey {
            case catalog, vectors, pictures, total
            case writeAheadLog = "write_ahead_log"
        }
    }

    package init(_ measurement: LibraryMeasurement) {
        let overview = measurement.overview
        path = measurement.path
        generation = overview.generation
        calibrated = overview.isCalibrated
        assets = Dictionary(
            uniqueKeysWithValues: overview.counts.kinds.map { kind, counts in
                (
                    kind.rawValue,
                    Kind(
                        count: counts.assets, mediaSeconds: counts.mediaSeconds,
                        fileBytes: counts.fileBytes)
                )
            })
        files = Files(
            used: measurement.files.used, unusable: measurement.files.unusable,
            removed: measurement.files.removed)
        keyFrames = overview.counts.keyFrames
        passages = Dictionary(
            uniqueKeysWithValues: measurement.passagesBySource.map { ($0.rawValue, $1) })
        models = ModelsDocument(overview.models)
        spaces = measurement.spaces.map { statistics in
            Space(
                name: statistics.name, model: statistics.model,
                dimension: statistics.dimension, vectors: statistics.liveRows,
                bytes: statistics.bytes,
                segments: statistics.segments.map {
                    Segment(
                        name: $0.name, rows: $0.rows, liveRows: $0.liveRows, bytes: $0.bytes)
                })
        }
        let sizes = measurement.sizes
        bytes = Bytes(
            catalog: sizes.catalog, writeAheadLog: sizes.writeAheadLog, vectors: sizes.vectors,
            pictures: sizes.pictures, total: sizes.total)
        milliseconds = (measurement.milliseconds * 100).rounded() / 100
    }

    enum CodingKeys: String, CodingKey {
        case path, generation, calibrated, assets, files, passages, models, spaces, bytes
        case milliseconds
        case schemaVersion = "schema_version"
        case keyFrames = "key_frames"
    }
}

/// The models behind the channels; a channel that cannot run is null.
struct ModelsDocument: Encodable {
    let frames: String?
    let meaning: String?
    let rerank: String?

    init(_ models: ModelsInUse) {
        frames = models.frames
        meaning = models.meaning
        rerank = models.rerank
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Null, not absent: that a channel cannot run is worth saying.
        try container.encode(frames, forKey: .frames)
        try container.encode(meaning, forKey: .meaning)
        try container.encode(rerank, forKey: .rerank)
    }

    enum CodingKeys: String, CodingKey { case frames, meaning, rerank }
}
