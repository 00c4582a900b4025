package import Corpus

/// Finds the lines of text in pictures, and passes quickly over those that hold none.
///
/// One instance a thread. Tesseract and its data are loaded by the first picture that looks as if
/// it held text. Best with pictures of up to 1280 pixels on the longer side: text of a slide is
/// hardly legible at 640. See `TextRecognizer` for the environment that it wants.
package final class ScreenTextReader {
    private let languages: String
    private var recognizer: TextRecognizer?
    private var failure: ScreenTextError?

    /// - Parameter languages: Tesseract's names joined by `+`: `eng`, `eng+deu`.
    package init(languages: String = "eng") { self.languages = languages }

    /// The lines in reading order, in pixels of the picture; none when it holds no text.
    ///
    /// Throws once when Tesseract or its data are missing; after that, no picture has lines.
    package func lines(in picture: Picture) throws(ScreenTextError) -> [RecognizedLine] {
        guard failure == nil else { return [] }
        let recognizer = try loadedRecognizer()
        return try recognizer.lines(in: GreyPicture(picture))
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
