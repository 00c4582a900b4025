/// A word that Tesseract found.
struct RecognizedWord: Equatable {
    var text: String
    /// Of Tesseract, 0…1.
    var confidence: Double
    var box: PixelBox
}

/// An upright rectangle of pixels.
struct PixelBox: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    var right: Int { x + width }
    var bottom: Int { y + height }

    func union(_ other: PixelBox) -> PixelBox {
        let left = min(x, other.x)
        let top = min(y, other.y)
        return PixelBox(
            x: left, y: top, width: max(right, other.right) - left,
            height: max(bottom, other.bottom) - top)
    }
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
