/// A word that Tesseract found.
struct RecognizedWord: Equatable {
    var text: String
    /// Of Tesseract, 0…1.
    var confidence: Double
    var box: PixelBox
}

extension RecognizedLine {
    /// Nil without words.
    init?(_ words: [RecognizedWord]) {
        guard let first = words.first else { return nil }
        let box = words.dropFirst().reduce(first.box) { $0.union($1.box) }
        self.init(
            text: words.map(\.text).joined(separator: " "),
            confidence: words.map(\.confidence).reduce(0, +) / Double(words.count),
            x: box.x, y: box.y, width: box.width, height: box.height)
    }
}
