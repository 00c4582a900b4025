/// Why no text can be read from pictures; the description is what the user sees.
package enum ScreenTextError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not the form `eng` or `eng+deu`.
    case badLanguages(String)
    /// Tesseract has no data for these languages, or none that it can load.
    case missingLanguages([String], of: String)
    /// Tesseract is not there; the sentence says where it is to be had.
    case missingLibrary(String)
    case outOfMemory
    /// Tesseract gave up on a picture of this size, in pixels.
    case recognitionFailed(width: Int, height: Int)

    package var description: String {
        switch self {
        case .badLanguages(let languages):
            "“\(languages.filter { !$0.isNewline })” does not name languages of text on screen; "
                + "expected Tesseract's names joined by +, such as eng or eng+deu."
        case .missingLanguages(let missing, let languages):
            "Text on screen is not read: Tesseract has no data for \(missing.joined(separator: ", ")) "
                + "(asked for: \(languages)). Install it, on Debian by: apt-get install "
                + missing.map { "tesseract-ocr-" + $0.replacing("_", with: "-").lowercased() }
                .joined(separator: " ")
        case .missingLibrary(let sentence):
            "Text on screen is not read. \(sentence)"
        case .outOfMemory:
            "Text on screen is not read: Tesseract could not get memory. Close other programs "
                + "and try again."
        case .recognitionFailed(let width, let height):
            "Tesseract could not read a picture of \(width) × \(height) pixels."
        }
    }
}
