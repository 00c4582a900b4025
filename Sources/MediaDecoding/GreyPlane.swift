import CFFmpeg
import CKernels

/// A frame shrunk to 160 × 90 grey pixels, whatever its own shape: enough to see a cut, small
/// enough to compare in a microsecond, and blind to noise.
struct GreyPlane {
    static let width = 160
    static let height = 90

    /// Rows of grey, 0…255, height × width.
    private(set) var pixels: [UInt8]

    /// - Parameter grey: of every pixel, until it is filled.
    init(grey: UInt8 = 0) { pixels = [UInt8](repeating: grey, count: Self.width * Self.height) }

    /// Mean absolute difference, 0…255.
    func difference(to other: GreyPlane) -> Double {
        let sum = reel_absolute_difference_sum(pixels, other.pixels, pixels.count)
        return Double(sum) / Double(pixels.count)
    }

    /// False when libav cannot read the frame's pixel format.
    mutating func fill(from frame: UnsafePointer<AVFrame>, with scaler: FrameScaler) -> Bool {
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        return pixels.withUnsafeMutableBufferPointer { buffer in
            scaler.scale(
                FrameScaler.Planes(of: frame),
                .init(
                    width: frame.pointee.width, height: frame.pointee.height,
                    format: lumaFormat(of: format) ?? format),
                into: .init(address: buffer.baseAddress, rowBytes: Self.width),
                .init(
                    width: Int32(Self.width), height: Int32(Self.height), format: AV_PIX_FMT_GRAY8),
                colour: nil)
        }
    }
}

/// The grey format as which the first plane of a format can be read by itself, so that chroma is
/// never touched; nil when luma is not a plane of its own.
private func lumaFormat(of format: AVPixelFormat) -> AVPixelFormat? {
    guard let descriptor = av_pix_fmt_desc_get(format) else { return nil }
    let otherLayouts = UInt64(
        AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BE
            | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_HWACCEL)
    let luma = descriptor.pointee.comp.0
    guard descriptor.pointee.flags & otherLayouts == 0, luma.plane == 0, luma.offset == 0 else {
        return nil
    }
    switch (luma.step, luma.depth, luma.shift) {
    case (1, 8, 0): return AV_PIX_FMT_GRAY8
    case (2, 9, 0): return AV_PIX_FMT_GRAY9LE
    case (2, 10, 0): return AV_PIX_FMT_GRAY10LE
    case (2, 12, 0): return AV_PIX_FMT_GRAY12LE
    case (2, 14, 0): return AV_PIX_FMT_GRAY14LE
    case (2, 16, 0), (2, 10, 6), (2, 12, 4): return AV_PIX_FMT_GRAY16LE
    default: return nil
    }
}
