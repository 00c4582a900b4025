import CTesseract

/// Reads the lines of text in a grey picture with Tesseract's LSTM networks.
///
/// One instance a thread: an instance holds the picture it works on. The same picture gives the
/// same lines. Making one takes about 50 ms and 30 MB.
///
/// Tesseract's networks run on OpenMP, whose threads get in each other's way at this size: a frame
/// takes five to ten times as long. They are turned off for the thread that asks, so nothing depends
/// on `OMP_THREAD_LIMIT` in the environment.
final class TextRecognizer {
    /// How Tesseract looks for lines.
    enum Layout {
        /// Columns, headings, pictures between.
        case page
        /// One piece of running text.
        case block

        fileprivate var mode: TessPageSegMode {
            switch self {
            case .page: PSM_AUTO
            case .block: PSM_SINGLE_BLOCK
            }
        }
    }

    /// A picture that takes longer holds no text, or too much of it, in milliseconds.
    private static let longestMilliseconds: Int32 = 10_000

    private let handle: OpaquePointer

    /// - Parameter languages: Tesseract's names joined by `+`: `eng`, `eng+deu`.
    init(languages: String = "eng") throws(ScreenTextError) {
        let names = languages.split(separator: "+", omittingEmptySubsequences: false)
        // The names become file names.
        let areNames = names.allSatisfy { name in
            (1...32).contains(name.utf8.count)
                && name.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                        || $0 == UInt8(ascii: "_")
                }
        }
        guard areNames, names.count <= 16 else { throw .badLanguages(languages) }
        try TesseractLibrary.load()
        guard let handle = TessBaseAPICreate() else { throw .outOfMemory }
        self.handle = handle
        // Complaints about missing data would go to standard error; ours are clearer.
        TessBaseAPISetVariable(handle, "debug_file", "/dev/null")
        let status = TessBaseAPIInit2(handle, nil, languages, OEM_LSTM_ONLY)
        let loaded = status == 0 ? Self.loadedLanguages(of: handle) : []
        let missing = names.map(String.init).filter { !loaded.contains($0) }
        guard missing.isEmpty else {
            throw .missingLanguages(missing, of: languages)
        }
    }

    deinit {
        TessBaseAPIEnd(handle)
        TessBaseAPIDelete(handle)
    }

    private static func loadedLanguages(of handle: OpaquePointer) -> Set<String> {
        guard let names = TessBaseAPIGetLoadedLanguagesAsVector(handle) else { return [] }
        defer { TessDeleteTextArray(names) }
        var languages: Set<String> = []
        var index = 0
        while let name = names[index] {
            languages.insert(String(cString: name))
            index += 1
        }
        return languages
    }

    /// Every line that Tesseract sees, word by word, in its reading order, with words of nothing but
    /// blanks left out; in pixels of `picture`, no side of which is longer than 32 767.
    func lines(in picture: GreyPicture, layout: Layout = .block) throws(ScreenTextError)
        -> [[RecognizedWord]]
    {
        // Another thread may have made the instance.
        _ = reel_openmp_run_alone()
        TessBaseAPISetPageSegMode(handle, layout.mode)
        guard let monitor = TessMonitorCreate() else { throw .outOfMemory }
        defer { TessMonitorDelete(monitor) }
        TessMonitorSetDeadlineMSecs(monitor, Self.longestMilliseconds)
        let status = picture.pixels.withUnsafeBufferPointer { pixels in
            // Tesseract copies the pixels.
            TessBaseAPISetImage(
                handle, pixels.baseAddress, Int32(picture.width), Int32(picture.height), 1,
                Int32(picture.width))
            TessBaseAPISetSourceResolution(handle, 96)
            return TessBaseAPIRecognize(handle, monitor)
        }
        defer { TessBaseAPIClear(handle) }
        guard status == 0 else {
            throw .recognitionFailed(width: picture.width, height: picture.height)
        }
        // Nothing found gives no iterator.
        guard let iterator = TessBaseAPIGetIterator(handle) else { return [] }
        defer { TessResultIteratorDelete(iterator) }
        return Self.lines(of: iterator)
    }

    private static func lines(of iterator: OpaquePointer) -> [[RecognizedWord]] {
        let page = TessResultIteratorGetPageIteratorConst(iterator)
        var lines: [[RecognizedWord]] = []
        repeat {
            if TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE) != 0 || lines.isEmpty {
                lines.append([])
            }
            if let word = RecognizedWord(at: iterator, page: page) {
                lines[lines.count - 1].append(word)
            }
        } while TessResultIteratorNext(iterator, RIL_WORD) != 0
        return lines.filter { !$0.isEmpty }
    }
}

extension RecognizedWord {
    /// Nil for blanks: Tesseract reports pictures as a word of one space.
    fileprivate init?(at iterator: OpaquePointer, page: OpaquePointer?) {
        guard let bytes = TessResultIteratorGetUTF8Text(iterator, RIL_WORD) else { return nil }
        defer { TessDeleteText(bytes) }
        let text = String(cString: bytes)
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        var (left, top, right, bottom): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard
            TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom) != 0,
            left < right, top < bottom
        else { return nil }
        self.init(
            text: text,
            confidence: Double(TessResultIteratorConfidence(iterator, RIL_WORD)) / 100,
            box: PixelBox(
                x: Int(left), y: Int(top), width: Int(right - left), height: Int(bottom - top)))
    }
}
