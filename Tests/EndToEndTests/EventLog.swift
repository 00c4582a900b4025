import Corpus
import IsolatedDecoding
import ScreenText

/// The events of one file, as values to compare.
struct EventLog: Equatable {
    var opened: MediaDescription?
    var passages: [Passage]?
    var keyFrames: [KeyFrame] = []
    var pictures: [Picture] = []
    var thumbnails: [[UInt8]] = []
    var progress: [Double] = []
    var samples: [Float] = []
    var soundTimes: [Double] = []
    var isFinished = false
    var note: String?

    init() {}

    init(_ request: DecodingRequest, with decoder: some MediaDecoder) throws {
        try decoder.read(request) { add($0) }
    }

    mutating func add(_ event: DecodingEvent) {
        switch event {
        case .opened(let description):
            opened = description
        case .subtitles(let passages):
            self.passages = passages
        case .keyFrame(let keyFrame, let picture, let thumbnail, _):
            keyFrames.append(keyFrame)
            pictures.append(picture)
            thumbnails.append(thumbnail)
        case .progress(let seconds):
            progress.append(seconds)
        case .sound(let samples, let startSeconds):
            self.samples += samples
            soundTimes.append(startSeconds)
        case .finished(let note):
            isFinished = true
            self.note = note
        }
    }
}
