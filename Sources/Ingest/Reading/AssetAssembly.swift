internal import Corpus
internal import IsolatedDecoding
internal import ScreenText
internal import Speech
internal import Storage

/// Puts together what a decoder tells of one file, as it comes.
struct AssetAssembly {
    private let path: String
    private var record: AssetRecord
    private var cues: [Passage] = []
    private var texts: [Passage] = []
    private var screenText = ScreenTextTimeline()
    private var writings: [Passage] = []
    /// A key frame whose lines wait for its end, which the next key frame may decide.
    private var lastFrame: (frame: KeyFrame, lines: [RecognizedLine])?
    private var spoken: [Passage] = []
    private var notes: [String] = []

    init(path: String, id: AssetID, digest: [UInt8]) {
        self.path = path
        // Replaced by the first event, which every file begins with.
        let asset = Asset(id: id, kind: .video, path: path, durationSeconds: 0)
        record = AssetRecord(asset: asset, digest: digest)
    }

    mutating func add(_ event: DecodingEvent) throws {
        switch event {
        case .opened(let media):
            record.asset.kind = media.kind
            record.asset.durationSeconds = media.durationSeconds
            record.asset.title = media.title
            texts = media.texts
        case .subtitles(let passages):
            cues = passages
        case .keyFrame(let keyFrame, _, let thumbnail, let lines):
            record.keyFrames.append(keyFrame)
            record.thumbnails.append(thumbnail)
            closeFrame(atSeconds: keyFrame.timeSeconds)
            lastFrame = (keyFrame, lines)
        case .finished(let note):
            if let note { notes.append(note) }
        case .sound, .progress:
            break
        }
    }

    mutating func add(_ heard: SpeechListener.Heard) {
        record.speech = heard.spans
        spoken = heard.passages
    }

    /// Everything but vectors, and what they decide.
    mutating func finish() -> AssetRecord {
        closeFrame(atSeconds: record.asset.durationSeconds)
        writings += screenText.finish()
        if record.asset.kind == .image {
            for index in writings.indices { writings[index].span = nil }
        }
        record.passages =
            Self.descriptive(path: path, title: record.asset.title) + texts
            + PassageChunker().passages(from: cues) + spoken + writings
        record.note = notes.isEmpty ? nil : notes.joined(separator: " ")
        return record
    }

    /// - Parameter end: when the next key frame is, or the asset ends.
    private mutating func closeFrame(atSeconds end: Double) {
        guard let (frame, lines) = lastFrame else { return }
        lastFrame = nil
        let span =
            frame.shot
            ?? TimeSpan(
                startSeconds: frame.timeSeconds, endSeconds: max(frame.timeSeconds, end))
        writings += screenText.add(lines, span: span)
    }

    /// What a file says about itself as a whole.
    static func descriptive(path: String, title: String?) -> [Passage] {
        var passages: [Passage] = []
        let words = MediaName.words(ofPath: path)
        if !words.isEmpty { passages.append(Passage(text: words, source: .fileName)) }
        if let title, !title.isEmpty { passages.append(Passage(text: title, source: .title)) }
        return passages
    }
}
