package import Corpus

/// Finds the lines of text in pictures, and passes quickly over those that hold none.
///
/// `TextLikelihood` says where text may stand; only those blocks are read, each with its letters
/// brought to the size and the polarity that Tesseract likes. One instance a thread. Tesseract and
/// its data are loaded by the first picture that looks as if it held text. Best with pictures of up
/// to 1280 pixels on the longer side: the small print of a slide is hardly legible at 640.
package final class ScreenTextReader {
    private let languages: String
    private var recognizer: TextRecognizer?
    private var failure: ScreenTextError?

    /// Height of small letters that Tesseract's networks read best, in pixels.
    private static let bestLetterHeight = 22.0
    /// Letters this much smaller or larger are left as they are.
    private static let goodScales = 0.8...1.3
    private static let greatestScale = 3.0
    /// Blocks wider or higher than this are shrunk to it, in pixels.
    private static let longestSide = 2000.0
    /// Most blocks of a picture that are read, the largest ones.
    private static let mostBlocks = 16
    /// Confidence of a block's letters below which it is read again, as white letters, 0…1.
    private static let doubtfulConfidence = 0.85
    /// Share of white pixels in a block with white letters.
    private static let whiteShares = 0.02...0.4

    /// - Parameter languages: Tesseract's names joined by `+`: `eng`, `eng+deu`.
    package init(languages: String = "eng") { self.languages = languages }

    /// The lines in reading order, in pixels of the picture; none when it holds no text.
    ///
    /// Throws once when Tesseract or its data are missing; after that, no picture has lines.
    package func lines(in picture: Picture) throws(ScreenTextError) -> [RecognizedLine] {
        guard failure == nil else { return [] }
        let grey = GreyPicture(picture)
        let rows = TextLikelihood().rows(in: grey)
        guard !rows.isEmpty else { return [] }
        let blocks = TextBlock.blocks(of: rows)
            .sorted { $0.box.area > $1.box.area }.prefix(Self.mostBlocks)
            .sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }
        let recognizer = try loadedRecognizer()
        var lines: [RecognizedLine] = []
        for block in blocks {
            for line in try read(block, in: picture, grey: grey, by: recognizer)
            where !lines.contains(where: line.isSamePlace) {
                lines.append(line)
            }
        }
        return lines
    }

    private func read(
        _ block: TextBlock, in picture: Picture, grey: GreyPicture, by recognizer: TextRecognizer
    ) throws(ScreenTextError) -> [RecognizedLine] {
        // Room for strokes above and below the small letters, and for the line beside.
        let margin = block.greatestLetterHeight
        let box = block.box.grown(
            byX: margin + 8, y: margin + 4, inWidth: picture.width, height: picture.height)
        let first = try lines(
            of: grey.cropped(to: box).withLightGround(), at: box, block, by: recognizer)
        guard first.confidence < Self.doubtfulConfidence else { return first.lines }
        let white = GreyPicture(whiteIn: picture, box: box)
        guard Self.whiteShares.contains(white.shareOfBlack) else { return first.lines }
        let second = try lines(of: white, at: box, block, by: recognizer)
        return second.confidence > first.confidence ? second.lines : first.lines
    }

    /// Lines that are no junk, in pixels of the whole picture, and the mean confidence of all
    /// letters that were read.
    private func lines(
        of crop: GreyPicture, at box: PixelBox, _ block: TextBlock, by recognizer: TextRecognizer
    ) throws(ScreenTextError) -> (lines: [RecognizedLine], confidence: Double) {
        var scale = min(Self.greatestScale, Self.bestLetterHeight / Double(block.letterHeight))
        if Self.goodScales.contains(scale) { scale = 1 }
        scale = min(scale, Self.longestSide / Double(max(crop.width, crop.height)))
        let sized = crop.resized(
            width: max(1, Int((Double(crop.width) * scale).rounded())),
            height: max(1, Int((Double(crop.height) * scale).rounded())))
        let words = try recognizer.lines(in: sized)
        let (weighed, length) = words.joined().reduce(into: (0.0, 0.0)) { sums, word in
            sums.0 += word.confidence * Double(word.text.count)
            sums.1 += Double(word.text.count)
        }
        func back(_ length: Int) -> Int { Int((Double(length) / scale).rounded()) }
        let lines = words.compactMap(LineQuality.line(of:)).map { line in
            RecognizedLine(
                text: line.text, confidence: line.confidence, x: box.x + back(line.x),
                y: box.y + back(line.y), width: back(line.width), height: back(line.height))
        }
        return (lines, length > 0 ? weighed / length : 0)
    }

    private func loadedRecognizer() throws(ScreenTextError) -> TextRecognizer {
        if let recognizer { return recognizer }
        do {
            let made = try TextRecognizer(languages: languages)
            recognizer = made
            return made
        } catch {
            failure = error
            throw error
        }
    }
}

extension RecognizedLine {
    /// Whether both stand in the same place, as when two blocks' margins overlap.
    fileprivate func isSamePlace(as other: RecognizedLine) -> Bool {
        let (mine, its) = (box, other.box)
        return 2 * mine.sharedArea(its) > min(mine.area, its.area)
    }

    private var box: PixelBox { PixelBox(x: x, y: y, width: width, height: height) }
}
