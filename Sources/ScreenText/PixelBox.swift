/// An upright rectangle of pixels.
struct PixelBox: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Right and bottom are the first column and row outside.
    init(left: Int, top: Int, right: Int, bottom: Int) {
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    var right: Int { x + width }
    var bottom: Int { y + height }
    var area: Int { width * height }

    func union(_ other: PixelBox) -> PixelBox {
        PixelBox(
            left: min(x, other.x), top: min(y, other.y), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// Pixels that both cover.
    func sharedArea(_ other: PixelBox) -> Int {
        max(0, min(right, other.right) - max(x, other.x))
            * max(0, min(bottom, other.bottom) - max(y, other.y))
    }

    func overlaps(_ other: PixelBox) -> Bool { sharedArea(other) > 0 }

    func scaled(by factor: Int) -> PixelBox {
        PixelBox(x: x * factor, y: y * factor, width: width * factor, height: height * factor)
    }

    /// Larger on all sides, as far as a picture of this size goes.
    func grown(byX dx: Int, y dy: Int, inWidth limit: Int, height lowest: Int) -> PixelBox {
        PixelBox(
            left: max(0, x - dx), top: max(0, y - dy), right: min(limit, right + dx),
            bottom: min(lowest, bottom + dy))
    }
}
