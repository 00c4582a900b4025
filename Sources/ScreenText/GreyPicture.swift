import CKernels
import Corpus

/// The brightness of a picture.
struct GreyPicture: Equatable {
    let width: Int  // pixels
    let height: Int  // pixels
    /// Black 0 … white 255, height × width, no padding between rows.
    let pixels: [UInt8]

    init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height, "A grey picture has one byte a pixel.")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    init(_ picture: Picture) {
        let count = picture.width * picture.height
        self.init(
            width: picture.width, height: picture.height,
            pixels: [UInt8](unsafeUninitializedCapacity: count) { grey, initialized in
                picture.pixels.withUnsafeBufferPointer {
                    reel_grey_from_rgb($0.baseAddress, count, grey.baseAddress)
                }
                initialized = count
            })
    }

    /// A part of it; `box` lies inside.
    func cropped(to box: PixelBox) -> GreyPicture {
        GreyPicture(width: box.width, height: box.height) { target in
            pixels.withUnsafeBufferPointer { source in
                for row in 0..<box.height {
                    let start = (box.y + row) * width + box.x
                    target.baseAddress?.advanced(by: row * box.width)
                        .update(from: source.baseAddress! + start, count: box.width)
                }
            }
        }
    }

    /// Half as wide and high.
    func halved() -> GreyPicture {
        GreyPicture(width: width / 2, height: height / 2) { target in
            pixels.withUnsafeBufferPointer {
                reel_halve_grey($0.baseAddress, width, height, target.baseAddress)
            }
        }
    }

    /// Of another size, for a reader of letters: smooth, not exact.
    func resized(width newWidth: Int, height newHeight: Int) -> GreyPicture {
        guard newWidth != width || newHeight != height else { return self }
        return GreyPicture(width: newWidth, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                guard newWidth <= width, newHeight <= height, height / newHeight < 256 else {
                    reel_enlarge_grey(
                        source.baseAddress, width, height, target.baseAddress, newWidth, newHeight)
                    return
                }
                var columns = [UInt32](repeating: 0, count: width + newWidth + 1)
                columns.withUnsafeMutableBufferPointer { columns in
                    var job = reel_grey_shrink(
                        source: source.baseAddress, row_bytes: width, width: width,
                        height: height, target: target.baseAddress, target_width: newWidth,
                        target_height: newHeight, columns: columns.baseAddress)
                    reel_shrink_grey8(&job)
                }
            }
        }
    }

    /// With dark letters on light ground: turned round where the ground, the brightness of most
    /// pixels, is darker than the mean.
    func withLightGround() -> GreyPicture {
        pixels.withUnsafeBufferPointer { source in
            guard reel_ground_is_dark(source.baseAddress, source.count) != 0 else { return self }
            return GreyPicture(width: width, height: height) { target in
                reel_invert_grey(source.baseAddress, source.count, target.baseAddress)
            }
        }
    }

    /// What is white in a part of a picture, as black on white: letters of captions, which often
    /// have an outline that leaves nothing to tell them by on a ground of middling brightness.
    init(whiteIn picture: Picture, box: PixelBox) {
        self.init(width: box.width, height: box.height) { target in
            picture.pixels.withUnsafeBufferPointer { source in
                for row in 0..<box.height {
                    let start = ((box.y + row) * picture.width + box.x) * 3
                    reel_white_from_rgb(
                        source.baseAddress! + start, box.width,
                        target.baseAddress?.advanced(by: row * box.width))
                }
            }
        }
    }

    /// Share of pixels darker than middling, 0…1.
    var shareOfBlack: Double {
        let dark = pixels.withUnsafeBufferPointer { reel_count_dark($0.baseAddress, $0.count) }
        return Double(dark) / Double(max(1, pixels.count))
    }

    private init(
        width: Int, height: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        self.init(
            width: width, height: height,
            pixels: [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
                fill(target)
                count = width * height
            })
    }
}
