package import Corpus
internal import MediaDecoding
internal import ScreenText

/// What stands written in the key frames of a video.
extension Application {
    /// Calls `body` for each key frame of a video, or once for a picture file, with the lines of
    /// text in it and its picture as a JPEG.
    ///
    /// - Parameters:
    ///   - method: how key frames are looked for.
    ///   - languages: Tesseract's names joined by `+`.
    /// - Returns: what was wrong with a video that could be read in part.
    package func keyFramesWithText(
        ofFileAt path: String, method: KeyFrameMethod = .fast, languages: String = "eng",
        _ body: (_ document: KeyFrameTextDocument, _ jpeg: () throws -> [UInt8]) throws -> Void
    ) throws -> String? {
        try Failure.translating {
            let file = try MediaFile.open(path: path)
            let reader = ScreenTextReader(languages: languages)
            func send(_ keyFrame: KeyFrame, _ picture: Picture) throws {
                let lines = try reader.lines(in: picture)
                try body(KeyFrameTextDocument(keyFrame, lines)) {
                    try JPEGEncoder().encode(picture, maximumLongSide: 640)
                }
            }
            switch file.kind {
            case .image:
                try send(
                    KeyFrame(timeSeconds: 0, frame: 0, difference: 0),
                    try PictureReader().picture(of: file, longSide: Self.textLongSide))
                return nil
            case .video:
                var settings = KeyFrameSettings()
                settings.method = method
                settings.pictureLongSide = Self.textLongSide
                return try KeyFrameFinder(threads: configuration.workers).keyFrames(
                    in: file, settings: settings, send
                ).damage?.description
            case .audio, .text:
                throw Failure(
                    .badData, "\(path) is not a video but \(file.kind.withArticle).")
            }
        }
    }

    /// Pixels of the longer side at which the small print of a slide can still be read.
    private static let textLongSide = 1280
}

/// A line of `reel frames --text`.
package struct KeyFrameTextDocument: Encodable {
    package let timeSeconds: Double
    let frame: Int
    let difference: Double
    let text: [Line]

    struct Line: Encodable {
        let text: String
        let confidence: Double
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    init(_ keyFrame: KeyFrame, _ lines: [RecognizedLine]) {
        timeSeconds = keyFrame.timeSeconds
        frame = keyFrame.frame
        difference = keyFrame.difference
        text = lines.map {
            Line(
                text: $0.text, confidence: ($0.confidence * 1000).rounded() / 1000, x: $0.x,
                y: $0.y, width: $0.width, height: $0.height)
        }
    }

    enum CodingKeys: String, CodingKey {
        case frame, difference, text
        case timeSeconds = "time_seconds"
    }
}
