import CFFmpeg
import CKernels

/// A frame shrunk to 160 × 90 grey pixels, whatever its own shape: enough to see a cut, small
/// enough to compare in a microsecond, and blind to noise.
struct GreyPlane {
    static let width = 160
    static let height = 90

    /// Rows of grey, 0…255, height × width.
    fileprivate(set) var pixels: [UInt8]

    /// - Parameter grey: of every pixel, until it is filled.
    init(grey: UInt8 = 0) { pixels = [UInt8](repeating: grey, count: Self.width * Self.height) }

    /// - Parameter pixels: as many as a plane has.
    init(pixels: [UInt8]) {
        precondition(pixels.count == Self.width * Self.height, "a plane has 160 × 90 pixels")
        self.pixels = pixels
    }

    /// Mean absolute difference, 0…255.
    func difference(to other: GreyPlane) -> Double {
        let sum = reel_absolute_difference_sum(pixels, other.pixels, pixels.count)
        return Double(sum) / Double(pixels.count)
    }

    /// How many of the 90 cells, 16 × 10 pixels each, show something else: new words on the same
    /// ground hardly change the mean, but the picture in each cell they stand in.
    /// - Parameter threshold: standard deviation of the difference that makes a cell another one.
    func restructuredCells(comparedTo other: GreyPlane, threshold: UInt32) -> Int {
        reel_restructured_cells(
            pixels, other.pixels, Self.width, Self.height, 10, threshold)
    }

    /// Whether another text, or drawing, stands on the same ground.
    ///
    /// A cursor or a clock lies in one or two cells, a long line of text in five or more.
    func isRewritten(since other: GreyPlane) -> Bool {
        restructuredCells(comparedTo: other, threshold: 8) >= 5
    }

    /// Whether nothing moves from one to the other but a small thing.
    func isAtRest(with other: GreyPlane) -> Bool {
        restructuredCells(comparedTo: other, threshold: 2) <= 3
    }
}

/// Shrinks frames to grey planes: the mean of each cell of the luma plane, as it lies in memory.
///
/// libav's scaler is the way for the rest (tiny frames, RGB, palettes): its averaging takes some
/// ten times longer, a tenth of the time that decoding itself takes.
final class GreyShrinker {
    private let scaler = FrameScaler()
    /// Scratch: sums of columns, and where cells begin.
    private var columns: [UInt32] = []

    /// False when libav cannot read the frame's pixel format.
    func fill(_ plane: inout GreyPlane, from frame: UnsafePointer<AVFrame>) -> Bool {
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        // Below 256 rows a cell the sums of columns fit 16 bits.
        if let luma = LumaLayout(of: format), width >= GreyPlane.width,
            height >= GreyPlane.height, height / GreyPlane.height < 256
        {
            shrink(frame, luma, into: &plane)
            return true
        }
        return plane.pixels.withUnsafeMutableBufferPointer { buffer in
            scaler.scale(
                FrameScaler.Planes(of: frame),
                .init(width: frame.pointee.width, height: frame.pointee.height, format: format),
                into: .init(address: buffer.baseAddress, rowBytes: GreyPlane.width),
                .init(
                    width: Int32(GreyPlane.width), height: Int32(GreyPlane.height),
                    format: AV_PIX_FMT_GRAY8),
                colour: nil)
        }
    }

    private func shrink(
        _ frame: UnsafePointer<AVFrame>, _ luma: LumaLayout, into plane: inout GreyPlane
    ) {
        let width = Int(frame.pointee.width)
        let scratchCount = width + GreyPlane.width + 1
        if columns.count < scratchCount { columns = [UInt32](repeating: 0, count: scratchCount) }
        columns.withUnsafeMutableBufferPointer { columns in
            plane.pixels.withUnsafeMutableBufferPointer { target in
                var job = reel_grey_shrink(
                    source: frame.pointee.data.0, row_bytes: Int(frame.pointee.linesize.0),
                    width: width, height: Int(frame.pointee.height), target: target.baseAddress,
                    target_width: GreyPlane.width, target_height: GreyPlane.height,
                    columns: columns.baseAddress)
                switch luma {
                case .bytes: reel_shrink_grey8(&job)
                case .words(let shift): reel_shrink_grey16(&job, UInt32(shift))
                }
            }
        }
    }
}

/// How luma lies in a frame's first plane, when it lies there alone.
enum LumaLayout: Equatable {
    case bytes
    /// 16-bit numbers in the CPU's order; the lowest `shift` bits are finer than a byte.
    case words(shift: Int)

    init?(of format: AVPixelFormat) {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return nil }
        let others = UInt64(
            AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM
                | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER
                | AV_PIX_FMT_FLAG_HWACCEL)
        let luma = descriptor.pointee.comp.0
        guard descriptor.pointee.flags & others == 0, luma.plane == 0, luma.offset == 0 else {
            return nil
        }
        let bits = Int(luma.depth) + Int(luma.shift)
        switch luma.step {
        case 1 where bits == 8: self = .bytes
        case 2 where (8...16).contains(bits): self = .words(shift: bits - 8)
        default: return nil
        }
    }
}
