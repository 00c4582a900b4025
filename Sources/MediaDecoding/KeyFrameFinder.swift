import CFFmpeg
package import Corpus

/// What a pass over a video found out about it.
package struct KeyFrameSummary: Sendable, Equatable {
    /// Frames decoded.
    package var frameCount = 0
    package var keyFrameCount = 0
    /// End of the last frame, in seconds on the asset's time line: how long the video really is.
    package var decodedSeconds = 0.0
    /// Nil when the file was read whole and undamaged.
    package var damage: MediaDamage?

    package var isDamaged: Bool { damage != nil }
}

/// Finds the frames that stand for a video by frame differencing on a small grey plane.
///
/// Method: Key frames are where the mean absolute grey difference between successive frames passes
/// a threshold (see `KeyFrameRule`). Every frame is decoded, but only kept ones become RGB pictures.
package struct KeyFrameFinder: Sendable {
    private let threads: Int

    /// - Parameter threads: threads the decoder may use.
    package init(threads: Int = 1) { self.threads = max(1, threads) }

    /// Hands out the key frames of the main video stream in order of time.
    ///
    /// They come up to a minute late, because a minute keeps only its most different frames.
    /// - Parameters:
    ///   - progress: called about once a second of video with the time reached; may throw to stop.
    ///   - body: called once for each key frame.
    package func keyFrames(
        in media: MediaFile, settings: KeyFrameSettings = .init(),
        progress: (_ seconds: Double) throws -> Void = { _ in },
        _ body: (KeyFrame, Picture) throws -> Void
    ) throws -> KeyFrameSummary {
        guard let index = media.mainVideoStream else {
            throw MediaError.noStreams(file: media.file.name, wanted: "video")
        }
        let frames = try FrameReader(media: media, streamIndex: index, threads: threads)
        let converter = PictureConverter(stream: frames.stream, longSide: settings.pictureLongSide)
        let pass = try KeyFramePass(settings: settings, converter: converter)
        var reported = 0.0
        var summary = KeyFrameSummary()
        func send(_ candidates: [KeyFrameMinute.Candidate]) throws {
            for candidate in candidates {
                summary.keyFrameCount += 1
                try body(candidate.keyFrame, candidate.picture)
            }
        }

        try frames.readFrames { frame, seconds in
            guard let kept = pass.consider(frame, atSeconds: seconds) else {
                throw MediaError.unsupportedCodec(
                    file: media.file.name, codec: pixelFormatName(frame))
            }
            try send(kept)
            if seconds - reported >= 1 {
                reported = seconds
                try progress(seconds)
            }
        }
        try send(pass.finish())
        summary.frameCount = frames.frameCount
        summary.decodedSeconds = frames.endSeconds
        summary.damage = frames.damage
        guard summary.frameCount > 0 else { throw frames.nothingDecoded() }
        return summary
    }
}

/// The state of one pass: the last two frames, the last key frame, and the candidates.
private final class KeyFramePass {
    private let converter: PictureConverter
    private let shrinker = GreyShrinker()
    private let previousFrame: UnsafeMutablePointer<AVFrame>
    private var current = GreyPlane()
    private var previous = GreyPlane()
    private var lastKey = GreyPlane()
    private var previousSeconds = 0.0
    private var rule: KeyFrameRule
    private var minute: KeyFrameMinute
    private var count = 0

    init(settings: KeyFrameSettings, converter: PictureConverter) throws {
        guard let frame = av_frame_alloc() else {
            throw MediaError.libraryFailure(
                file: "", operation: "get memory", reason: "out of memory")
        }
        previousFrame = frame
        self.converter = converter
        rule = KeyFrameRule(settings: settings)
        minute = KeyFrameMinute(settings: settings)
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = previousFrame
        av_frame_free(&frame)
    }

    /// Returns the key frames that are certain by now; nil when the pixel format is beyond libav.
    func consider(
        _ frame: UnsafeMutablePointer<AVFrame>, atSeconds seconds: Double
    ) -> [KeyFrameMinute.Candidate]? {
        swap(&current, &previous)
        guard shrinker.fill(&current, from: frame) else { return nil }
        let decision = rule.decide(
            .init(
                timeSeconds: seconds,
                difference: count == 0 ? 0 : current.difference(to: previous),
                change: current.difference(to: lastKey)))
        var certain: [KeyFrameMinute.Candidate] = []
        switch decision {
        case .pass:
            break
        case .take(let difference):
            certain = minute.begin(atSeconds: seconds)
            let key = KeyFrame(timeSeconds: seconds, frame: count, difference: difference)
            guard keep(frame, key, plane: current) else { return nil }
        case .takePrevious(let difference):
            certain = minute.begin(atSeconds: previousSeconds)
            guard keepPrevious(difference: difference, plane: previous) else { return nil }
        }
        count += 1
        previousSeconds = seconds
        av_frame_unref(previousFrame)
        av_frame_move_ref(previousFrame, frame)
        return certain
    }

    func finish() -> [KeyFrameMinute.Candidate] {
        var certain: [KeyFrameMinute.Candidate] = []
        if case .takePrevious(let difference) = rule.finish() {
            certain = minute.begin(atSeconds: previousSeconds)
            _ = keepPrevious(difference: difference, plane: current)
        }
        return certain + minute.drain()
    }

    private func keepPrevious(difference: Double, plane: GreyPlane) -> Bool {
        let key = KeyFrame(timeSeconds: previousSeconds, frame: count - 1, difference: difference)
        return keep(previousFrame, key, plane: plane)
    }

    private func keep(
        _ frame: UnsafeMutablePointer<AVFrame>, _ key: KeyFrame, plane: GreyPlane
    ) -> Bool {
        guard let picture = converter.picture(from: frame) else { return false }
        minute.add(.init(keyFrame: key, picture: picture, plane: plane))
        lastKey = plane
        rule.keyFrameTaken(atSeconds: key.timeSeconds)
        return true
    }
}
