import CFFmpeg

/// libav's scaler, kept between frames as long as their shape stays the same.
final class FrameScaler {
    private var context: OpaquePointer?
    private var plan: Plan?

    /// What a scaler is made for; another shape needs another scaler.
    private struct Plan: Equatable {
        var source: Shape
        var target: Shape
        var colour: Colour?
    }
    /// How a YUV picture means its numbers.
    struct Colour: Equatable {
        /// One of libav's `SWS_CS_…`.
        var matrix: Int32
        /// Luma is 0…255 rather than 16…235.
        var isFullRange: Bool
    }
    struct Shape: Equatable {
        var width: Int32  // pixels
        var height: Int32  // pixels
        var format: AVPixelFormat
    }
    /// Planes as libav passes them: four addresses and four row lengths in bytes.
    struct Planes {
        var addresses: [UnsafeMutablePointer<UInt8>?]
        var rowBytes: [Int32]

        init(address: UnsafeMutablePointer<UInt8>?, rowBytes: Int) {
            addresses = [address, nil, nil, nil]
            self.rowBytes = [Int32(clamping: rowBytes), 0, 0, 0]
        }

        init(of frame: UnsafePointer<AVFrame>) {
            let data = frame.pointee.data
            let lines = frame.pointee.linesize
            addresses = [data.0, data.1, data.2, data.3]
            rowBytes = [lines.0, lines.1, lines.2, lines.3]
        }
    }

    deinit { sws_freeContext(context) }

    /// Scales one picture; false when libav has no way from the one shape to the other.
    ///
    /// - Parameter colour: of the source; nil when grey goes to grey.
    func scale(
        _ source: Planes, _ sourceShape: Shape, into target: Planes, _ targetShape: Shape,
        colour: Colour?
    ) -> Bool {
        let wanted = Plan(source: sourceShape, target: targetShape, colour: colour)
        if wanted != plan { prepare(wanted) }
        guard let context else { return false }
        let addresses = source.addresses.map { UnsafePointer($0) }
        return sws_scale(
            context, addresses, source.rowBytes, 0, sourceShape.height, target.addresses,
            target.rowBytes) == targetShape.height
    }

    private func prepare(_ wanted: Plan) {
        sws_freeContext(context)
        context = nil
        plan = wanted
        let (source, target) = (wanted.source, wanted.target)
        // Averaging over areas shrinks without shimmer, but only shrinks; and its filter has a
        // largest size, so extreme ratios need the coarser ways.
        let shrinks = source.width >= target.width && source.height >= target.height
        let methods = [shrinks ? SWS_AREA : SWS_BICUBIC, SWS_FAST_BILINEAR, SWS_POINT]
        let rounding =
            wanted.colour == nil ? 0 : SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT
        for method in methods where context == nil {
            context = sws_getContext(
                source.width, source.height, source.format, target.width, target.height,
                target.format, method | rounding, nil, nil, nil)
        }
        guard let context, let colour = wanted.colour else { return }
        // Refused (negative) between two RGB formats, where there is no matrix to apply.
        _ = sws_setColorspaceDetails(
            context, sws_getCoefficients(colour.matrix), colour.isFullRange ? 1 : 0,
            sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16)
    }
}
