internal import Corpus
internal import IsolatedDecoding
internal import ScreenText
internal import Storage

/// Puts together what a decoder tells of one file, as it comes.
struct AssetAssembly {
    private let path: String
    private var record: AssetRecord
    private var cues: [Passage] = []
    private var texts: [Passage] = []
    private var screenText: [[RecognizedLine]] = []
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
            screenText.append(lines)
        case .finished(let note):
            if let note { notes.append(note) }
        case .sound, .progress:
            break
        }
    }

    /// Everything but vectors, and what they decide.
    func finish() -> AssetRecord {
        var whole = record
        whole.passages =
            Self.descriptive(path: path, title: record.asset.title) + texts
            + PassageChunker().passages(from: cues)
        whole.note = notes.isEmpty ? nil : notes.joined(separator: " ")
        return whole
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
