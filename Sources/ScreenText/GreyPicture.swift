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
}
