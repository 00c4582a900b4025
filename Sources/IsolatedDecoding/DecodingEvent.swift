package import Corpus
package import ScreenText

/// What comes out of a file while it is decoded, in this order: `opened`, `subtitles`, key frames
/// with progress between them, sound, `finished`.
package enum DecodingEvent {
    case opened(MediaDescription)
    /// Cues sorted by start: of the files beside the medium, else of the streams inside it.
    case subtitles([Passage])
    /// In order of time; a still picture is one key frame at 0. The thumbnail is a JPEG file; the
    /// text is empty when it was not asked for or none was found.
    case keyFrame(KeyFrame, Picture, thumbnail: [UInt8], screenText: [RecognizedLine])
    /// Seconds of the video or sound read so far; about one a second of media.
    case progress(seconds: Double)
    /// A piece of at most a second, one channel, 16 000 samples a second, −1…1; valid during the
    /// call. Pieces follow one another without a seam, unless the file has a gap.
    case sound(UnsafeBufferPointer<Float>, startSeconds: Double)
    /// - note: sentences on what was missing when the file is kept in part.
    case finished(note: String?)
}

/// What a file says about itself before anything is decoded.
package struct MediaDescription: Sendable, Equatable {
    package var kind: AssetKind
    /// 0 for a picture.
    package var durationSeconds: Double
    package var title: String?
    /// Whether there is a stream of sound, which may still turn out to be undecodable.
    package var hasSound: Bool
    /// Chapters with their spans, and what else the container's metadata tells in words.
    package var texts: [Passage]

    package init(
        kind: AssetKind, durationSeconds: Double, title: String? = nil, hasSound: Bool = false,
        texts: [Passage] = []
    ) {
        self.kind = kind
        self.durationSeconds = durationSeconds
        self.title = title
        self.hasSound = hasSound
        self.texts = texts
    }
}

/// Reads files and hands out what is in them.
package protocol MediaDecoder {
    /// - Parameter receive: gets the events in order; what it throws ends the reading and is thrown.
    func read(_ request: DecodingRequest, _ receive: (DecodingEvent) throws -> Void) throws
}
