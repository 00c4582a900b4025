import CFFmpeg

/// A reference of our own to a decoded frame.
final class HeldFrame {
    let frame: UnsafeMutablePointer<AVFrame>

    /// Takes the frame over: what was in it is ours, it itself is empty then.
    init?(taking other: UnsafeMutablePointer<AVFrame>) {
        guard let frame = av_frame_alloc() else { return nil }
        self.frame = frame
        av_frame_move_ref(frame, other)
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
    }

    /// Bytes of its picture, about.
    var byteCount: Int {
        let pixels = Int(frame.pointee.width) * Int(frame.pointee.height)
        guard let format = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.pointee.format))
        else { return pixels * 4 }
        return pixels * max(8, Int(av_get_padded_bits_per_pixel(format))) / 8
    }
}
