import CFFmpeg

/// How a stored picture must be turned to stand upright: one of the eight ways to lay a rectangle
/// on a rectangle.
///
/// A stored pixel (x, y) goes to (a·x + c·y, b·x + d·y), up to a shift that keeps it in the frame;
/// y points down. Two of the four numbers are 0, the others 1 or −1.
struct Orientation: Equatable, Sendable {
    let a: Int
    let b: Int
    let c: Int
    let d: Int

    static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

    var swapsSides: Bool { a == 0 }
    /// Clockwise, 0, 90, 180 or 270; of a mirrored picture, the turn after the mirroring.
    var clockwiseDegrees: Int {
        if swapsSides { return b > 0 ? 90 : 270 }
        return d > 0 ? 0 : 180
    }

    private init(a: Int, b: Int, c: Int, d: Int) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// Nearest of the eight to a display matrix: nine 16.16 numbers, row by row, of which the first
    /// two of the first two rows turn the picture (ISO/IEC 14496-12, "tkhd").
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (
            Int(matrix[0]), Int(matrix[1]), Int(matrix[3]), Int(matrix[4])
        )
        if abs(a) + abs(d) >= abs(b) + abs(c) {
            guard a != 0, d != 0 else {
                self = .upright
                return
            }
            self.init(a: a.signum(), b: 0, c: 0, d: d.signum())
        } else {
            guard b != 0, c != 0 else {
                self = .upright
                return
            }
            self.init(a: 0, b: b.signum(), c: c.signum(), d: 0)
        }
    }

    /// EXIF tag 0x0112, 1…8.
    init?(exif value: Int) {
        switch value {
        case 1: self = .upright
        case 2: self.init(a: -1, b: 0, c: 0, d: 1)
        case 3: self.init(a: -1, b: 0, c: 0, d: -1)
        case 4: self.init(a: 1, b: 0, c: 0, d: -1)
        case 5: self.init(a: 0, b: 1, c: 1, d: 0)
        case 6: self.init(a: 0, b: 1, c: -1, d: 0)
        case 7: self.init(a: 0, b: -1, c: -1, d: 0)
        case 8: self.init(a: 0, b: -1, c: 1, d: 0)
        default: return nil
        }
    }

    init(of stream: UnsafeMutablePointer<AVStream>) {
        var size = 0
        let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size)
        self = data.flatMap { Orientation(sideData: $0, byteCount: size) } ?? .upright
    }

    /// A frame may carry its own: a display matrix of the decoder's, or a camera's EXIF tag.
    init?(of frame: UnsafePointer<AVFrame>) {
        if let side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX),
            let data = side.pointee.data,
            let found = Orientation(sideData: data, byteCount: side.pointee.size)
        {
            self = found
            return
        }
        guard let text = metadataValue(frame.pointee.metadata, "Orientation") else { return nil }
        // libav writes EXIF numbers padded with spaces.
        guard let value = Int(text.filter { !$0.isWhitespace }) else { return nil }
        self.init(exif: value)
    }

    private init?(sideData: UnsafeMutablePointer<UInt8>, byteCount: Int) {
        guard byteCount >= 9 * MemoryLayout<Int32>.size else { return nil }
        self = sideData.withMemoryRebound(to: Int32.self, capacity: 9) {
            Orientation(displayMatrix: $0)
        }
    }

    /// Lays RGB pixels, height × width × 3, the way they should be seen.
    func apply(to pixels: [UInt8], width: Int, height: Int) -> (
        pixels: [UInt8], width: Int, height: Int
    ) {
        guard self != .upright else { return (pixels, width, height) }
        let (outWidth, outHeight) = swapsSides ? (height, width) : (width, height)
        // The way back: a step to the right in the result is a step by `right` in the source.
        let right = (a + c * width) * 3
        let down = (b + d * width) * 3
        let firstX = min(0, a * (width - 1)) + min(0, b * (width - 1))
        let firstY = min(0, c * (height - 1)) + min(0, d * (height - 1))
        let first = (-firstX + -firstY * width) * 3
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
            pixels.withUnsafeBufferPointer { input in
                var written = 0
                for row in 0..<outHeight {
                    var read = first + row * down
                    for _ in 0..<outWidth {
                        output[written] = input[read]
                        output[written + 1] = input[read + 1]
                        output[written + 2] = input[read + 2]
                        written += 3
                        read += right
                    }
                }
                count = written
            }
        }
        return (turned, outWidth, outHeight)
    }
}
