/// Decoded pixels, upright and with square pixels, ready to look at or to embed.
package struct Picture: Sendable, Equatable {
    package let width: Int  // pixels
    package let height: Int  // pixels
    /// Red, green, blue bytes, height × width × 3, no padding between rows.
    package let pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "A picture has at least one pixel.")
        precondition(pixels.count == width * height * 3, "A picture has three bytes a pixel.")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
