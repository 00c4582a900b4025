import Corpus

@testable import Storage

/// A small asset: `frames` key frames a second apart, one passage, vectors that tell rows apart.
func record(_ content: String, frames: Int = 2, path: String? = nil) -> AssetRecord {
    let digest = SHA256.digest(of: content.utf8)
    let id = AssetID(digest: digest)
    var record = AssetRecord(
        asset: Asset(
            id: id, kind: .video, path: path ?? "/videos/\(content).mp4",
            durationSeconds: Double(frames)),
        digest: digest)
    record.keyFrames = (0..<frames).map {
        KeyFrame(timeSeconds: Double($0), frame: $0 * 25, difference: 3)
    }
    record.thumbnails = record.keyFrames.map {
        [0xFF, 0xD8, 0xFF] + Array("jpeg \(content) \($0.frame)".utf8) + [0xFF, 0xD9]
    }
    record.passages = [
        Passage(
            text: "words of \(content)", source: .subtitle,
            span: TimeSpan(startSeconds: 0, endSeconds: 1))
    ]
    // Unit vectors: the first frame points along the first axis, the second along the second.
    record.vectors[.frames] = (0..<frames).flatMap { row in
        (0..<4).map { Float($0 == row % 4 ? 1 : 0) }
    }
    return record
}

func file(_ record: AssetRecord, size: Int64 = 10) -> FileRecord {
    FileRecord(
        path: record.asset.path,
        signature: FileSignature(size: size, modifiedNanoseconds: 1, inode: 1, companions: ""),
        asset: record.asset.id)
}

let frameSpace = VectorSpace(
    name: .frames, model: "tiny", fingerprint: "abcdef0123", dimension: 4)
