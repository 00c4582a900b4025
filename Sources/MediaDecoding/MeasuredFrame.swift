import CFFmpeg

/// A decoded frame with what is measured of it.
struct MeasuredFrame {
    let plane: GreyPlane
    /// Sharpness: mean absolute difference of neighbours in a row, 0…255.
    let detail: Double
    /// The frame itself; nil where one near it stands for both.
    var held: HeldFrame?
    /// Best effort, in the stream's ticks; may be `AV_NOPTS_VALUE`.
    let stamp: Int64
    let durationTicks: Int64

    /// Sharp and still, the higher the better.
    /// - Parameter motion: difference to the frame before, 0…255.
    func quality(motion: Double) -> Double { (detail + 0.1) / (1 + motion / 3) }
}

/// Measures the frames of one decoder; used by one thread at a time.
final class FrameMeter {
    private let fileName: String
    private let shrinker = GreyShrinker()

    init(fileName: String) { self.fileName = fileName }

    /// Takes the frame over: it itself is empty then.
    /// - Throws: `MediaError` when its pixels are beyond libav, or memory runs out.
    func measure(_ frame: UnsafeMutablePointer<AVFrame>) throws -> MeasuredFrame {
        var plane = GreyPlane()
        guard shrinker.fill(&plane, from: frame) else {
            throw MediaError.unsupportedCodec(file: fileName, codec: pixelFormatName(frame))
        }
        let detail = FrameDetail.measure(frame) ?? plane.detail
        let (stamp, duration) = (frame.pointee.best_effort_timestamp, frame.pointee.pkt_duration)
        guard let held = HeldFrame(taking: frame) else {
            throw MediaError.outOfMemory(file: fileName)
        }
        return MeasuredFrame(
            plane: plane, detail: detail, held: held, stamp: stamp, durationTicks: duration)
    }
}
