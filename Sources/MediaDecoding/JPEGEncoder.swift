import CFFmpeg
package import Corpus

/// Writes thumbnails: pictures as JPEG files in memory.
package struct JPEGEncoder: Sendable {
    package init() {}

    /// - Parameters:
    ///   - maximumLongSide: the picture is shrunk to this many pixels on its longer side.
    ///   - quality: 1 (coarse) … 100 (fine).
    /// - Returns: the bytes of a JFIF file, the same for the same picture.
    package func encode(
        _ picture: Picture, maximumLongSide: Int = 320, quality: Int = 80
    ) throws -> [UInt8] {
        try LibAVLibrary.load()
        let longSide = max(picture.width, picture.height)
        let scale = min(1, Double(max(1, maximumLongSide)) / Double(longSide))
        let width = max(1, Int((Double(picture.width) * scale).rounded()))
        let height = max(1, Int((Double(picture.height) * scale).rounded()))
        // Two bytes hold a JPEG's sides.
        guard width <= 65_500, height <= 65_500, let codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG)
        else { throw encodingFailure(reel_error_invalid_argument.code) }

        var context = avcodec_alloc_context3(codec)
        var frame = av_frame_alloc()
        var packet = av_packet_alloc()
        defer {
            avcodec_free_context(&context)
            av_frame_free(&frame)
            av_packet_free(&packet)
        }
        guard let context, let frame, let packet else {
            throw encodingFailure(reel_error_no_memory.code)
        }
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        context.pointee.time_base = AVRational(num: 1, den: 1)
        context.pointee.thread_count = 1
        // Without the encoder's version in a comment, so that equal pictures give equal bytes.
        context.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
        context.pointee.global_quality = quantizer(quality) * FF_QP2LAMBDA
        var result = avcodec_open2(context, codec, nil)
        guard result >= 0 else { throw encodingFailure(result) }

        frame.pointee.width = Int32(width)
        frame.pointee.height = Int32(height)
        frame.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        frame.pointee.quality = context.pointee.global_quality
        frame.pointee.pts = 0
        result = av_frame_get_buffer(frame, 0)
        guard result >= 0 else { throw encodingFailure(result) }
        guard draw(picture, on: frame) else {
            throw encodingFailure(reel_error_invalid_argument.code)
        }
        result = avcodec_send_frame(context, frame)
        guard result >= 0 else { throw encodingFailure(result) }
        result = avcodec_receive_packet(context, packet)
        guard result >= 0 else { throw encodingFailure(result) }
        return Array(
            UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
    }

    private func draw(_ picture: Picture, on frame: UnsafeMutablePointer<AVFrame>) -> Bool {
        var pixels = picture.pixels
        return pixels.withUnsafeMutableBufferPointer { buffer in
            FrameScaler().scale(
                .init(address: buffer.baseAddress, rowBytes: picture.width * 3),
                .init(
                    width: Int32(picture.width), height: Int32(picture.height),
                    format: AV_PIX_FMT_RGB24),
                into: .init(of: frame),
                .init(
                    width: frame.pointee.width, height: frame.pointee.height,
                    format: AV_PIX_FMT_YUVJ420P),
                colour: .init(matrix: SWS_CS_DEFAULT, isFullRange: true))
        }
    }

    /// The encoder's scale runs the other way, from 31 (coarse) to 2 (fine).
    private func quantizer(_ quality: Int) -> Int32 {
        Int32((31 - Double(min(max(1, quality), 100) - 1) / 99 * 29).rounded())
    }

    private func encodingFailure(_ code: Int32) -> MediaError {
        .libraryFailure(file: "thumbnail", operation: "write a JPEG", reason: libraryMessage(code))
    }
}
