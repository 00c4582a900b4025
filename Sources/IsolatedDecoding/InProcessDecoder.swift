package import Corpus
internal import MediaDecoding
package import ScreenText

/// Decodes in the calling process: what a decoding process does with each request, and what tests
/// and tools compare it with.
package final class InProcessDecoder: MediaDecoder {
    package typealias ScreenTextRecognizer = (Picture) throws -> [RecognizedLine]

    private let makeScreenText: ((_ languages: [String]) throws -> ScreenTextRecognizer)?
    /// Kept between files: making one costs as much as reading a slide.
    private var screenText: (languages: [String], recognize: ScreenTextRecognizer)?

    /// - Parameter makeScreenText: makes what reads text in pictures; nil: none is read.
    package init(
        makeScreenText: ((_ languages: [String]) throws -> ScreenTextRecognizer)? = nil
    ) {
        self.makeScreenText = makeScreenText
    }

    package func read(
        _ request: DecodingRequest, _ receive: (DecodingEvent) throws -> Void
    ) throws {
        let media = try MediaFile.open(pathBytes: request.path, limits: request.limits)
        try receive(.opened(description(of: media)))
        var notes: [String] = []
        if request.wantsSubtitles {
            try receive(.subtitles(subtitles(of: media, request, notes: &notes)))
        }
        if request.wantsKeyFrames {
            try readPictures(of: media, request, notes: &notes, receive)
        }
        if request.wantsSound, media.mainAudioStream != nil {
            try readSound(of: media, notes: &notes, receive)
        }
        try receive(.finished(note: notes.isEmpty ? nil : notes.joined(separator: " ")))
    }

    private func description(of media: MediaFile) -> MediaDescription {
        let chapters = media.chapters.map {
            Passage(text: $0.title, source: .chapter, span: $0.span)
        }
        let descriptions = media.descriptions.map { Passage(text: $0, source: .description) }
        return MediaDescription(
            kind: media.kind, durationSeconds: media.durationSeconds, title: media.title,
            hasSound: media.mainAudioStream != nil, texts: chapters + descriptions)
    }

    // MARK: Pictures

    private func readPictures(
        of media: MediaFile, _ request: DecodingRequest, notes: inout [String],
        _ receive: (DecodingEvent) throws -> Void
    ) throws {
        var textProblem: String?
        func send(_ keyFrame: KeyFrame, _ picture: Picture) throws {
            let thumbnail = try JPEGEncoder().encode(
                picture, maximumLongSide: request.thumbnailLongSide)
            var lines: [RecognizedLine] = []
            if request.wantsScreenText, textProblem == nil {
                do {
                    lines = try recognizer(for: request.screenTextLanguages)?(picture) ?? []
                } catch {
                    textProblem = "\(error)"
                }
            }
            try receive(.keyFrame(keyFrame, picture, thumbnail: thumbnail, screenText: lines))
        }
        switch media.kind {
        case .image:
            let picture = try PictureReader().picture(
                of: media, longSide: request.keyFrameSettings.pictureLongSide)
            try send(KeyFrame(timeSeconds: 0, frame: 0, difference: 0), picture)
        case .video:
            let summary = try KeyFrameFinder(threads: request.threads).keyFrames(
                in: media, settings: request.keyFrameSettings,
                progress: { try receive(.progress(seconds: $0)) }, send)
            if let damage = summary.damage { notes.append(damage.description) }
        case .audio, .text:
            break
        }
        if let textProblem { notes.append("Text in pictures was not read: \(textProblem)") }
    }

    private func recognizer(for languages: [String]) throws -> ScreenTextRecognizer? {
        guard let makeScreenText else { return nil }
        if let screenText, screenText.languages == languages { return screenText.recognize }
        let recognize = try makeScreenText(languages)
        screenText = (languages, recognize)
        return recognize
    }

    // MARK: Sound

    /// A film whose sound cannot be decoded is still a film.
    private func readSound(
        of media: MediaFile, notes: inout [String], _ receive: (DecodingEvent) throws -> Void
    ) throws {
        do {
            let damage = try AudioReader().samples(of: media) { samples, startSeconds in
                try receive(.sound(samples, startSeconds: startSeconds))
            }
            if let damage { notes.append(damage.description) }
        } catch let error as MediaError where media.kind != .audio {
            notes.append(error.description)
        }
    }

    // MARK: Subtitles

    private func subtitles(
        of media: MediaFile, _ request: DecodingRequest, notes: inout [String]
    ) throws -> [Passage] {
        let found = try MediaSubtitles.read(
            from: media, atPath: request.name, languages: request.subtitleLanguages,
            sidecars: request.subtitleFiles?.map {
                SidecarSubtitles.Found(path: $0.path, language: $0.language)
            })
        notes += found.notes
        return found.passages
    }
}
