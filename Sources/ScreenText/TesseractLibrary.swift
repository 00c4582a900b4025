import CTesseract
internal import Glibc

/// The Tesseract in use: loaded when text in pictures is first read.
package enum TesseractLibrary {
    /// Must have returned before anything of Tesseract is called; after the first time it costs
    /// nothing.
    package static func load() throws(ScreenTextError) {
        guard let problem = reel_tesseract_load() else { return }
        defer { free(problem) }
        throw .missingLibrary(String(cString: problem))
    }

    /// For diagnostics: `5.3.0`.
    package static func version() throws(ScreenTextError) -> String {
        try load()
        return TessVersion().map { String(cString: $0) } ?? ""
    }
}
