/// A line of text found in a picture.
package struct RecognizedLine: Sendable, Equatable {
    package var text: String
    /// Mean over its words, 0…1.
    package var confidence: Double
    /// Upper left corner and size in pixels of the picture.
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(text: String, confidence: Double, x: Int, y: Int, width: Int, height: Int) {
        self.text = text
        self.confidence = confidence
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}
