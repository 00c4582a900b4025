import CFFmpeg
package import Corpus

/// What a pass over a video found out about it.
package struct KeyFrameSummary: Sendable, Equatable {
    /// Frames of the video, as far as it was read.
    package var frameCount = 0
    /// How many of them were decoded to find its shots.
    package var decodedFrameCount = 0
    package var keyFrameCount = 0
    /// The video's shots in order, without a gap; a long or changing one has several key frames.
    package var shots: [Shot] = []
    /// End of the last frame, in seconds on the asset's time line: how long the video really is.
    package var decodedSeconds = 0.0
    /// Nil when the file was read whole and undamaged.
    package var damage: MediaDamage?

    package init() {}

    package var isDamaged: Bool { damage != nil }
}

/// Finds the frames that stand for a video by frame differencing on a small grey plane.
///
/// Method: `ShotDetector` cuts the video into shots; of each shot, and of each stretch of one that
/// changes slowly, the sharpest and stillest frame near the middle is kept. Only kept frames become
/// RGB pictures, and by default only the frames needed for this are decoded (`GroupReader`).
package struct KeyFrameFinder: Sendable {
    private let threads: Int

    /// - Parameter threads: threads the decoder may use.
    package init(threads: Int = 1) { self.threads = max(1, threads) }

    /// Hands out the key frames of the main video stream in order of time.
    ///
    /// They come up to two minutes late, because a minute keeps only its most different frames, and
    /// each frame's span ends where the next one that is kept begins.
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
        let frames = try source(of: media, stream: index, method: settings.method)
        let converter = PictureConverter(stream: frames.stream, longSide: settings.pictureLongSide)
        var pass = KeyFramePass(
            fileName: media.file.name, settings: settings, converter: converter)
        var reported = 0.0
        var summary = KeyFrameSummary()
        func send(_ candidates: [KeyFrameMinute.Candidate]) throws {
            for candidate in candidates {
                summary.keyFrameCount += 1
                try body(candidate.keyFrame, candidate.picture)
            }
        }

        try frames.readFrames { sample in
            try send(pass.consider(sample))
            if sample.timeSeconds - reported >= 1 {
                reported = sample.timeSeconds
                try progress(sample.timeSeconds)
            }
        }
        if frames.endSeconds - reported >= 1 { try progress(frames.endSeconds) }
        try send(pass.finish(atSeconds: frames.endSeconds))
        summary.frameCount = frames.frameCount
        summary.decodedFrameCount = frames.decodedFrameCount
        summary.shots = pass.shots
        summary.decodedSeconds = frames.endSeconds
        summary.damage = frames.damage
        guard summary.decodedFrameCount > 0 else { throw frames.nothingDecoded() }
        return summary
    }

    private func source(
        of media: MediaFile, stream: Int, method: KeyFrameMethod
    ) throws -> any FrameSource {
        if method == .brief, BriefReader.isWorthwhile(media) {
            return try BriefReader(media: media, streamIndex: stream)
        }
        if method != .thorough, GroupReader.isWorthwhile(media, streamIndex: stream) {
            return try GroupReader(media: media, streamIndex: stream, threads: threads)
        }
        return try FrameReader(media: media, streamIndex: stream, threads: threads)
    }
}

/// The state of one pass: frames go in, key frames that are certain come out.
private struct KeyFramePass {
    private let fileName: String
    private let settings: KeyFrameSettings
    private let converter: PictureConverter
    private var previous: GreyPlane?
    private var detector: ShotDetector
    private var frames: StretchFrames
    private var minute: KeyFrameMinute
    private(set) var shots: [Shot] = []
    private var start: ShotBoundary?

    init(fileName: String, settings: KeyFrameSettings, converter: PictureConverter) {
        self.fileName = fileName
        self.settings = settings
        self.converter = converter
        detector = ShotDetector(settings: settings.shots)
        frames = StretchFrames(settings: settings)
        minute = KeyFrameMinute(settings: settings)
    }

    /// Returns the key frames that are certain by now.
    mutating func consider(_ sample: FrameSample) throws -> [KeyFrameMinute.Candidate] {
        let plane = sample.frame.plane
        let difference = previous.map { plane.difference(to: $0) } ?? 0
        previous = plane
        if start == nil {
            start = ShotBoundary(
                timeSeconds: sample.timeSeconds, transition: .start, difference: 0,
                extent: .init(startSeconds: sample.timeSeconds, endSeconds: sample.timeSeconds))
        }
        if sample.link != .successive || difference >= settings.shots.cutThreshold {
            frames.beginSlot()
        }
        if let held = sample.frame.held {
            // Across a gap nothing is known about how still the picture is.
            let motion = sample.link == .successive ? difference : 2
            frames.add(
                .init(
                    held: held, plane: plane, timeSeconds: sample.timeSeconds,
                    number: sample.number, difference: difference,
                    quality: sample.frame.quality(motion: motion), staysStill: sample.staysStill))
        }
        let boundaries = detector.add(
            .init(
                timeSeconds: sample.timeSeconds, plane: plane, difference: difference,
                link: sample.link))
        var ended = end(boundaries)
        ended += frames.settle(until: sample.timeSeconds - ShotDetector.delaySeconds)
        return try keep(ended)
    }

    mutating func finish(atSeconds seconds: Double) throws -> [KeyFrameMinute.Candidate] {
        var ended = end(detector.finish())
        ended += frames.finish(at: seconds)
        closeShot(at: seconds)
        return try keep(ended) + minute.finish()
    }

    private mutating func end(_ boundaries: [ShotBoundary]) -> [StretchFrames.Stretch] {
        boundaries.flatMap { boundary in
            closeShot(at: boundary.timeSeconds)
            start = boundary
            return frames.end(at: boundary)
        }
    }

    private mutating func closeShot(at seconds: Double) {
        guard let start else { return }
        shots.append(
            Shot(
                span: .init(startSeconds: start.timeSeconds, endSeconds: seconds),
                transition: start.transition))
    }

    private mutating func keep(
        _ stretches: [StretchFrames.Stretch]
    ) throws -> [KeyFrameMinute.Candidate] {
        var certain: [KeyFrameMinute.Candidate] = []
        for stretch in stretches {
            let best = stretch.best
            guard let picture = converter.picture(from: best.held.frame) else {
                throw MediaError.unsupportedCodec(
                    file: fileName, codec: pixelFormatName(best.held.frame))
            }
            certain += minute.begin(atSeconds: best.timeSeconds)
            minute.add(
                .init(
                    keyFrame: KeyFrame(
                        timeSeconds: best.timeSeconds, frame: best.number,
                        difference: stretch.difference, shot: stretch.span),
                    picture: picture, plane: best.plane))
        }
        return certain
    }
}
