internal import Corpus
internal import Embedders
internal import MediaDecoding
internal import Storage
internal import Tensors

/// Turns one file into the record the library keeps: key frames, pictures, passages, vectors.
struct AssetReader {
    let imageEmbedder: ImageEmbedder?
    let textEmbedder: TextEmbedder?
    /// Threads for decoding.
    let workers: Int
    var keyFrameSettings = KeyFrameSettings()
    var chunker = PassageChunker()

    /// Pictures embedded together: enough for whole matrices, few enough to hold in memory.
    private static let pictureBatch = 16
    private static let thumbnailLongSide = 320  // pixels

    func read(
        _ path: String, id: AssetID, digest: [UInt8], clock: inout StepClock,
        progress: (_ seconds: Double) throws -> Void
    ) throws -> AssetRecord {
        let file = try clock.measure(.probe) { try MediaFile.open(path: path) }
        var record = AssetRecord(
            asset: Asset(
                id: id, kind: file.kind, path: path, durationSeconds: file.durationSeconds,
                title: file.title),
            digest: digest)
        switch file.kind {
        case .image:
            let picture = try clock.measure(.keyFrames) { try PictureReader().picture(of: file) }
            try add(
                [(KeyFrame(timeSeconds: 0, frame: 0, difference: 0), picture)], to: &record,
                clock: &clock)
        case .video:
            record.note = try readKeyFrames(
                of: file, into: &record, clock: &clock, progress: progress)
        case .audio, .text:
            break
        }
        let cues = try clock.measure(.subtitles) {
            try subtitles(of: file, at: path, note: &record.note)
        }
        record.passages = descriptive(file, path: path) + chunker.passages(from: cues)
        if let textEmbedder {
            record.vectors[.meaning] = try clock.measure(.embed) {
                try textEmbedder.embed(record.passages.map(\.text)).elements
            }
        }
        if imageEmbedder != nil, record.vectors[.frames] == nil { record.vectors[.frames] = [] }
        return record
    }

    /// - Returns: what was wrong with a video that is kept in part.
    private func readKeyFrames(
        of file: MediaFile, into record: inout AssetRecord, clock: inout StepClock,
        progress: (Double) throws -> Void
    ) throws -> String? {
        var batch: [(KeyFrame, Picture)] = []
        clock.start(.keyFrames)
        let summary = try KeyFrameFinder(threads: workers).keyFrames(
            in: file, settings: keyFrameSettings, progress: progress
        ) { keyFrame, picture in
            batch.append((keyFrame, picture))
            guard batch.count == Self.pictureBatch else { return }
            try add(batch, to: &record, clock: &clock)
            batch.removeAll(keepingCapacity: true)
            clock.start(.keyFrames)
        }
        clock.stop()
        try add(batch, to: &record, clock: &clock)
        return summary.damage?.description
    }

    private func add(
        _ frames: [(keyFrame: KeyFrame, picture: Picture)], to record: inout AssetRecord,
        clock: inout StepClock
    ) throws {
        guard !frames.isEmpty else { return }
        for (keyFrame, picture) in frames {
            record.keyFrames.append(keyFrame)
            record.thumbnails.append(
                try JPEGEncoder().encode(picture, maximumLongSide: Self.thumbnailLongSide))
        }
        guard let imageEmbedder else { return }
        let vectors = try clock.measure(.embed) { try imageEmbedder.embed(frames.map(\.picture)) }
        record.vectors[.frames, default: []] += vectors.elements
    }

    /// Subtitle files beside the medium are people's choice and win over streams inside it.
    private func subtitles(
        of file: MediaFile, at path: String, note: inout String?
    ) throws -> [Passage] {
        let sidecars = SidecarSubtitles.find(besideMediaAt: path)
        guard sidecars.isEmpty else {
            return try sidecars.flatMap {
                try SubtitleFile.passages(atPath: $0.path, language: $0.language)
            }
        }
        return try SubtitleReader().streamPassages(in: file)
    }

    /// What a file says about itself as a whole.
    private func descriptive(_ file: MediaFile, path: String) -> [Passage] {
        var passages: [Passage] = []
        let words = MediaName.words(ofPath: path)
        if !words.isEmpty { passages.append(Passage(text: words, source: .fileName)) }
        if let title = file.title, !title.isEmpty {
            passages.append(Passage(text: title, source: .title))
        }
        return passages
    }
}
