package import MediaDecoding

/// What to read from one file, and within what bounds.
///
/// It travels to the decoding process, which is the same program, so its coding may change freely.
package struct DecodingRequest: Sendable, Codable, Equatable {
    /// Bytes as the file system spells them, without a final zero.
    package var path: [UInt8]
    package var wantsKeyFrames = true
    package var keyFrameSettings = KeyFrameSettings()
    /// Pixels of the longer side of the JPEG that comes with each key frame.
    package var thumbnailLongSide = 320
    package var wantsScreenText = false
    /// Tesseract's names, `eng`; the first is tried first.
    package var screenTextLanguages = ["eng"]
    package var wantsSound = false
    package var wantsSubtitles = true
    /// Codes of languages; when subtitles come in several, the first that is there is read alone.
    package var subtitleLanguages: [String] = []
    /// Subtitle files beside the medium; nil: the folder is searched for them. Whoever reads many
    /// files of one folder lists it once and says what it found.
    package var subtitleFiles: [SubtitleFileName]?
    /// Threads for decoding video.
    package var threads = 1
    package var limits = DecodingLimits()

    package init(path: [UInt8]) { self.path = path }

    package init(path: String) { self.init(path: Array(path.utf8)) }

    /// For messages: the path with invalid UTF-8 repaired.
    package var name: String { String(decoding: path, as: UTF8.self) }
}

/// A subtitle file that belongs to a medium.
package struct SubtitleFileName: Sendable, Codable, Equatable {
    package var path: String
    /// As its name says it: `en` of `film.en.srt`.
    package var language: String?

    package init(path: String, language: String? = nil) {
        self.path = path
        self.language = language
    }
}
