package import Corpus

/// Listens to one sound from beginning to end: finds speech, and has it recognised where nobody has
/// written down what is said.
///
/// Fed from one thread; recognition goes on beside it, and feeding waits when it falls behind. Of
/// the sound, only the span that is open and those that wait for a recogniser are held.
package struct SpeechListener {
    package struct Settings {
        package var spans: SpeechSpanSettings = .transcription
        /// Segments recognised at the same time.
        package var workers = 1
        /// When subtitles are shown: there nothing is recognised.
        package var covered: [TimeSpan] = []
        /// Called with the time up to which the sound was heard, also while feeding waits for the
        /// recogniser. What it throws ends the listening: `CancellationError` stops it.
        package var progress: ((_ seconds: Double) throws -> Void)?

        package init() {}
    }

    /// What was heard.
    package struct Heard: Sendable, Equatable {
        /// All speech, also where it was not recognised.
        package var spans: [TimeSpan] = []
        /// What was recognised and is believed, in order.
        package var passages: [Passage] = []
        /// Segments that a recogniser heard, …
        package var recognizedCount = 0
        /// … and those it failed on.
        package var failedCount = 0
        /// Segments that were recognised but not believed: another language, or no speech at all.
        package var disbelievedCount = 0
    }

    /// Pieces whose times are this far apart from the samples before them, in seconds, do not
    /// follow one another.
    private static let gapSeconds = 0.05
    /// Subtitles with less than this between them, in seconds, cover what is between: a pause.
    private static let coveredPauseSeconds = 3.0
    /// Shorter stretches beside subtitles, in seconds, are not worth recognising.
    private static let leastUncoveredSeconds = 1.0

    private let settings: Settings
    private let covered: [TimeSpan]
    private let queue: RecognitionQueue?
    private var detector: any VoiceDetector
    private var finder: SpeechSpanFinder
    private var heard = Heard()
    /// Time of the first sample since the last gap; nil before the first.
    private var originSeconds: Double?
    /// Samples since then.
    private var sampleCount = 0
    /// The latest samples, kept as far back as a span may still begin; none without a recogniser.
    private var samples: [Float] = []
    /// Position of the first of them since the gap.
    private var samplesStart = 0

    /// - Parameter transcriber: nil to find speech without recognising it.
    package init(
        model: VoiceModel, transcriber: (any Transcriber)? = nil, settings: Settings = Settings()
    ) {
        self.settings = settings
        covered = joined(settings.covered, pause: Self.coveredPauseSeconds)
        queue = transcriber.map { RecognitionQueue(transcriber: $0, workers: settings.workers) }
        detector = model.makeDetector()
        finder = SpeechSpanFinder(settings: settings.spans)
    }

    /// Takes the next piece of the sound.
    /// - Parameters:
    ///   - piece: one channel, 16 000 samples a second, −1…1; any count.
    ///   - seconds: time of the first sample; a jump ends what was being heard.
    package mutating func hear(
        _ piece: UnsafeBufferPointer<Float>, atSeconds seconds: Double
    ) throws {
        // A time that is none comes from a broken file: the piece follows the one before.
        let seconds = seconds.isFinite ? seconds : nowSeconds
        try stoppingQueue { listener in
            try listener.settings.progress?(seconds)
            if abs(seconds - listener.nowSeconds) > Self.gapSeconds { try listener.endStretch() }
            if listener.originSeconds == nil { listener.originSeconds = seconds }
            listener.sampleCount += piece.count
            if listener.queue != nil { listener.samples.append(contentsOf: piece) }
            try listener.find(listener.detector.probabilities(appending: piece))
        }
    }

    /// The sound has ended: waits for what is still being recognised.
    package mutating func finish() throws -> Heard {
        try stoppingQueue { listener in
            try listener.endStretch()
            guard let queue = listener.queue else { return }
            let now = listener.nowSeconds
            let progress = listener.settings.progress
            let results = try queue.finish { try progress?(now) }
            let recognitions = results.compactMap { try? $0.get() }
            let builder = TranscriptBuilder()
            listener.heard.passages = builder.passages(from: recognitions)
            listener.heard.recognizedCount = recognitions.count
            listener.heard.failedCount = results.count - recognitions.count
            let withWords = recognitions.count { !$0.words.isEmpty }
            listener.heard.disbelievedCount = withWords - builder.believedCount(recognitions)
        }
        defer { heard = Heard() }
        return heard
    }

    private var nowSeconds: Double {
        (originSeconds ?? 0) + Double(sampleCount) / Double(VoiceWindow.sampleRate)
    }

    /// Whatever ends the listening early also ends the recognition of what is waiting.
    private mutating func stoppingQueue(
        _ body: (inout SpeechListener) throws -> Void
    ) throws {
        do {
            try body(&self)
        } catch {
            queue?.cancel()
            throw error
        }
    }

    /// The end of the sound, or of the part before a gap.
    private mutating func endStretch() throws {
        try find(detector.finish())
        for span in finder.finish(sampleCount: sampleCount) { try take(span) }
        originSeconds = nil
        sampleCount = 0
        samples = []
        samplesStart = 0
    }

    private mutating func find(_ probabilities: [Float]) throws {
        for probability in probabilities {
            for span in finder.add(probability) { try take(span) }
        }
        let unneeded = min(finder.earliestNeeded - samplesStart, samples.count)
        // Moving the rest to the front is worth it only now and then.
        guard unneeded >= 2 * VoiceWindow.sampleRate else { return }
        samples.removeFirst(unneeded)
        samplesStart += unneeded
    }

    /// Notes a span and gives what no subtitle covers of it to the recogniser.
    private mutating func take(_ span: Range<Int>) throws {
        let origin = originSeconds ?? 0
        let rate = Double(VoiceWindow.sampleRate)
        let whole = TimeSpan(
            startSeconds: origin + Double(span.lowerBound) / rate,
            endSeconds: origin + Double(span.upperBound) / rate)
        heard.spans.append(whole)
        guard let queue else { return }
        let now = nowSeconds
        for part in uncovered(whole, by: covered) {
            guard part == whole || part.durationSeconds >= Self.leastUncoveredSeconds else {
                continue
            }
            let first = max(span.lowerBound, Int((part.startSeconds - origin) * rate))
            let end = min(span.upperBound, Int((part.endSeconds - origin) * rate))
            let sound = samples.prefix(max(0, end - samplesStart))
                .dropFirst(max(0, first - samplesStart))
            let segment = SpeechSegment(span: part, samples: Array(sound))
            try queue.submit(segment) { try settings.progress?(now) }
        }
    }
}

/// Spans in order, those with less than a pause between them made one.
private func joined(_ spans: [TimeSpan], pause: Double) -> [TimeSpan] {
    var result: [TimeSpan] = []
    for span in spans.sorted(by: { $0.startSeconds < $1.startSeconds }) {
        if let last = result.last, span.startSeconds - last.endSeconds <= pause {
            result[result.count - 1] = last.union(span)
        } else {
            result.append(span)
        }
    }
    return result
}

/// The parts of a span that lie in none of some sorted spans.
private func uncovered(_ span: TimeSpan, by covered: [TimeSpan]) -> [TimeSpan] {
    var parts: [TimeSpan] = []
    var start = span.startSeconds
    for cover in covered where cover.endSeconds > start && cover.startSeconds < span.endSeconds {
        if cover.startSeconds > start {
            parts.append(TimeSpan(startSeconds: start, endSeconds: cover.startSeconds))
        }
        start = max(start, cover.endSeconds)
    }
    if start < span.endSeconds {
        parts.append(TimeSpan(startSeconds: start, endSeconds: span.endSeconds))
    }
    return parts
}
