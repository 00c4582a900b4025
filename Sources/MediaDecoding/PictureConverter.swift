import CFFmpeg
import Corpus

/// Makes pictures for looking at and embedding out of decoded frames: RGB, upright, square pixels,
/// no larger than wanted.
final class PictureConverter {
    private let scaler = FrameScaler()
    private let longSide: Int
    private let streamOrientation: Orientation
    private let streamSampleAspect: AVRational

    /// - Parameter longSide: most pixels of the longer side; smaller pictures stay as they are.
    init(stream: UnsafeMutablePointer<AVStream>, longSide: Int) {
        self.longSide = max(1, longSide)
        streamOrientation = Orientation(of: stream)
        streamSampleAspect = stream.pointee.sample_aspect_ratio
    }

    /// Nil when libav cannot read the frame's pixel format.
    func picture(from frame: UnsafePointer<AVFrame>) -> Picture? {
        let size = targetSize(of: frame)
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        guard let descriptor = av_pix_fmt_desc_get(format) else { return nil }
        let hasAlpha = descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
        let bytesPerPixel = hasAlpha ? 4 : 3
        // libav's fastest loops write whole vectors past the end of a row.
        let rowBytes = (size.width * bytesPerPixel + 63) / 64 * 64
        var isScaled = false
        let padded = [UInt8](
            unsafeUninitializedCapacity: rowBytes * size.height + 64
        ) { buffer, count in
            buffer.initialize(repeating: 0)
            count = buffer.count
            isScaled = scaler.scale(
                .init(of: frame),
                .init(width: frame.pointee.width, height: frame.pointee.height, format: format),
                into: .init(address: buffer.baseAddress, rowBytes: rowBytes),
                .init(
                    width: Int32(size.width), height: Int32(size.height),
                    format: hasAlpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24),
                colour: .init(matrix: colourMatrix(of: frame), isFullRange: isFullRange(frame)))
        }
        guard isScaled else { return nil }
        let packed =
            hasAlpha
            ? laidOnWhite(padded, rowBytes: rowBytes, width: size.width, height: size.height)
            : unpadded(padded, rowBytes: rowBytes, width: size.width, height: size.height)
        let orientation = Orientation(of: frame) ?? streamOrientation
        let upright = orientation.apply(to: packed, width: size.width, height: size.height)
        return Picture(width: upright.width, height: upright.height, pixels: upright.pixels)
    }

    /// Size before turning, in square pixels.
    private func targetSize(of frame: UnsafePointer<AVFrame>) -> (width: Int, height: Int) {
        let own = frame.pointee.sample_aspect_ratio
        let aspect = squareRatio(own.num > 0 && own.den > 0 ? own : streamSampleAspect)
        // Stretch the side that is too short, so that no detail is lost before shrinking.
        let width = Double(frame.pointee.width) * max(1, aspect)
        let height = Double(frame.pointee.height) * max(1, 1 / aspect)
        let scale = min(1, Double(longSide) / max(width, height))
        return (max(1, Int((width * scale).rounded())), max(1, Int((height * scale).rounded())))
    }
}

/// Width of a pixel by its height; 1 when absent or absurd.
func squareRatio(_ ratio: AVRational) -> Double {
    guard ratio.num > 0, ratio.den > 0 else { return 1 }
    let value = av_q2d(ratio)
    return (0.05...20).contains(value) ? value : 1
}

/// Files that do not say it follow the habit of their size: BT.709 from 720 lines on, else BT.601.
private func colourMatrix(of frame: UnsafePointer<AVFrame>) -> Int32 {
    switch frame.pointee.colorspace {
    case AVCOL_SPC_BT709: SWS_CS_ITU709
    case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
    case AVCOL_SPC_FCC: SWS_CS_FCC
    case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
    default: frame.pointee.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601
    }
}

private func isFullRange(_ frame: UnsafePointer<AVFrame>) -> Bool {
    switch AVPixelFormat(rawValue: frame.pointee.format) {
    case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P,
        AV_PIX_FMT_YUVJ411P:
        true
    default:
        frame.pointee.color_range == AVCOL_RANGE_JPEG
    }
}

private func unpadded(_ rows: [UInt8], rowBytes: Int, width: Int, height: Int) -> [UInt8] {
    let packedRow = width * 3
    return [UInt8](unsafeUninitializedCapacity: packedRow * height) { output, count in
        count = packedRow * height
        rows.withUnsafeBufferPointer { input in
            guard let from = input.baseAddress, let to = output.baseAddress else { return }
            for row in 0..<height {
                (to + row * packedRow).initialize(from: from + row * rowBytes, count: packedRow)
            }
        }
    }
}

/// Transparent pictures are mostly drawings made for white paper.
private func laidOnWhite(_ rows: [UInt8], rowBytes: Int, width: Int, height: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height * 3) { output, count in
        rows.withUnsafeBufferPointer { input in
            var written = 0
            for row in 0..<height {
                for column in 0..<width {
                    let read = row * rowBytes + column * 4
                    let alpha = Int(input[read + 3])
                    let paper = 255 * (255 - alpha) + 127
                    for channel in 0..<3 {
                        let ink = Int(input[read + channel]) * alpha
                        output[written + channel] = UInt8((ink + paper) / 255)
                    }
                    written += 3
                }
            }
            count = written
        }
    }
}
