import CFFmpeg
internal import Synchronization

/// Memory of decoded pictures, shared by all decoders of one file.
///
/// libav gives every decoder a pool of its own, which keeps as many pictures as that decoder ever
/// had in use. Decoders that work beside each other seldom need their most at the same time.
final class PictureMemory: Sendable {
    /// `@unchecked Sendable` because the pools are pointers: libav's are made for several threads,
    /// and live until the last of their pictures has been let go.
    private struct Pools: @unchecked Sendable {
        /// By the bytes of a picture.
        var bySize: [Int: OpaquePointer] = [:]
    }

    private let pools = Mutex(Pools())
    /// Few films change the size of their pictures; each change leaves a pool behind.
    private static let mostSizes = 8

    deinit {
        pools.withLock { pools in
            for pool in pools.bySize.values {
                var pool: OpaquePointer? = pool
                av_buffer_pool_uninit(&pool)
            }
        }
    }

    /// Makes a decoder that has not been opened take its pictures from here; it must not outlive
    /// this, its pictures may.
    func serve(_ decoder: UnsafeMutablePointer<AVCodecContext>) {
        guard decoder.pointee.codec_type == AVMEDIA_TYPE_VIDEO,
            decoder.pointee.codec.pointee.capabilities & AV_CODEC_CAP_DR1 != 0
        else { return }
        decoder.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        decoder.pointee.get_buffer2 = { decoder, frame, flags in
            guard let decoder, let frame, let owner = decoder.pointee.opaque else {
                return reel_error_invalid_argument.code
            }
            let memory = Unmanaged<PictureMemory>.fromOpaque(owner).takeUnretainedValue()
            return memory.fill(frame, of: decoder)
                ? 0 : avcodec_default_get_buffer2(decoder, frame, flags)
        }
    }

    /// Called by any of a decoder's threads.
    /// - Returns: false, with the frame as it was, when libav's own way has to do.
    private func fill(
        _ frame: UnsafeMutablePointer<AVFrame>, of decoder: UnsafeMutablePointer<AVCodecContext>
    ) -> Bool {
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        let (width, height) = Self.paddedSize(of: frame.pointee, decoder)
        let size = av_image_get_buffer_size(format, width, height, Self.alignment)
        guard size > 0, let buffer = buffer(byteCount: Int(size) + Self.padding) else {
            return false
        }
        let laid = withUnsafeMutableBytes(of: &frame.pointee.data) { planes in
            withUnsafeMutableBytes(of: &frame.pointee.linesize) { strides in
                av_image_fill_arrays(
                    planes.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self).baseAddress,
                    strides.assumingMemoryBound(to: Int32.self).baseAddress,
                    buffer.pointee.data, format, width, height, Self.alignment)
            }
        }
        guard laid >= 0 else {
            var buffer: UnsafeMutablePointer<AVBufferRef>? = buffer
            av_buffer_unref(&buffer)
            return false
        }
        frame.pointee.buf.0 = buffer
        return true
    }

    /// Of rows, and of planes, in bytes: what AVX-512 wants.
    private static let alignment: Int32 = 64
    /// Behind the last plane, in bytes: vector instructions read on a little.
    private static let padding = 128

    /// What the decoder writes to, a little more than what is shown: rows of both colour and
    /// brightness begin aligned, and two lie behind each plane.
    private static func paddedSize(
        of frame: AVFrame, _ decoder: UnsafeMutablePointer<AVCodecContext>
    ) -> (width: Int32, height: Int32) {
        var (width, height) = (frame.width, frame.height)
        var alignments = [Int32](repeating: 0, count: Int(AV_NUM_DATA_POINTERS))
        avcodec_align_dimensions2(decoder, &width, &height, &alignments)
        let twice = 2 * alignment
        return ((width + twice - 1) / twice * twice, height + 2 * 2)
    }

    /// Nil when no memory is left, or pictures come in too many sizes.
    private func buffer(byteCount: Int) -> UnsafeMutablePointer<AVBufferRef>? {
        let pool = pools.withLock { pools -> OpaquePointer? in
            if let pool = pools.bySize[byteCount] { return pool }
            guard pools.bySize.count < Self.mostSizes else { return nil }
            let pool = av_buffer_pool_init(byteCount, av_buffer_allocz)
            pools.bySize[byteCount] = pool
            return pool
        }
        return pool.flatMap(av_buffer_pool_get)
    }
}
