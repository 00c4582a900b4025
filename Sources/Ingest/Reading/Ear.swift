internal import Corpus
internal import Speech

/// Listens to the sound of one file as it is decoded, and knows what that takes.
struct Ear {
    private let context: ReadingContext
    private let threads: Int
    private var listener: SpeechListener?
    /// Spent listening while the decoder waited.
    private(set) var seconds = 0.0

    /// - Parameter threads: that recognise, at most.
    init(context: ReadingContext, threads: Int) {
        self.context = context
        self.threads = threads
    }

    /// - Parameters:
    ///   - covered: when subtitles are shown.
    ///   - progress: gets the time heard; what it throws ends the listening.
    mutating func open(
        covered: [TimeSpan], progress: @escaping (_ seconds: Double) throws -> Void
    ) {
        guard let model = context.tools.voiceModel else { return }
        var settings = SpeechListener.Settings()
        settings.workers = threads
        settings.covered = context.settings.listening == .everywhere ? [] : covered
        settings.progress = progress
        listener = SpeechListener(
            model: model, transcriber: context.tools.transcriber, settings: settings)
    }

    mutating func hear(
        _ samples: UnsafeBufferPointer<Float>, atSeconds start: Double
    ) throws {
        let before = ContinuousClock.now
        try listener?.hear(samples, atSeconds: start)
        seconds += before.duration(to: .now) / .seconds(1)
    }

    /// Waits for what is still being recognised.
    mutating func finish() throws -> SpeechListener.Heard? { try listener?.finish() }
}
