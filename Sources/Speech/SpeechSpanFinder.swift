/// Turns probabilities into spans as they come, the way Silero's `get_speech_timestamps` does with
/// all of them at hand: two thresholds, least lengths, padding, and a longest span.
///
/// Where a span grows too long without any silence to cut at, the reference cuts where it happens
/// to be; here the cut is at the least likely window of the span's second half.
struct SpeechSpanFinder: Sendable {
    /// Samples from the start of the sound.
    typealias Samples = Range<Int>

    private let settings: SpeechSpanSettings
    private let minimumSpeech: Double
    private let minimumSilence: Double
    private let padding: Double
    private let maximumSpeech: Double
    /// A silence must be longer than this, in samples, to be a place for a cut: 98 ms.
    private static let cutSilence = 0.098 * Double(VoiceWindow.sampleRate)

    /// Position of the next window.
    private var position = 0
    /// Start of the span that is being heard.
    private var start: Int?
    /// Where that span fell silent, while it is not yet clear that it has ended.
    private var silentSince: Int?
    /// Silences inside the span, where it may be cut.
    private var silences: [(start: Int, length: Int)] = []
    /// Probabilities of the open span's windows, kept only where there is a longest span.
    private var heard: [Float] = []
    /// A span whose end is known but for its padding; starts are already padded.
    private var closed: (start: Int, end: Int)?
    /// Spans whose end is settled, until the caller takes them.
    private var ready: [Samples] = []

    init(settings: SpeechSpanSettings) {
        let rate = Double(VoiceWindow.sampleRate)
        self.settings = settings
        minimumSpeech = settings.minimumSpeechSeconds * rate
        minimumSilence = settings.minimumSilenceSeconds * rate
        padding = max(0, settings.paddingSeconds) * rate
        maximumSpeech = max(
            2 * Double(VoiceWindow.length),
            settings.maximumSpeechSeconds * rate - Double(VoiceWindow.length) - 2 * padding)
    }

    /// No span that is still to come begins before this sample.
    var earliestNeeded: Int {
        let next = closed?.start ?? (start ?? position) - Int(padding.rounded(.up))
        return max(0, next)
    }

    /// Takes the next window's probability.
    /// - Returns: spans that are complete, padding included.
    mutating func add(_ probability: Float) -> [Samples] {
        let window = position
        position += VoiceWindow.length
        let isSpeech = probability >= settings.threshold
        if isSpeech, let silence = silentSince {
            let length = window - silence
            if Double(length) > Self.cutSilence { silences.append((silence, length)) }
            silentSince = nil
        }
        guard let start else {
            if isSpeech { open(at: window, probability) }
            return settled()
        }
        if maximumSpeech.isFinite { heard.append(probability) }
        if Double(window - start) > maximumSpeech { cut(from: start, at: window) }
        if probability < settings.silenceThreshold { fallSilent(at: window) }
        return settled()
    }

    /// The spans not given yet, after the last window.
    /// - Parameter count: samples of the whole sound; the last window may reach beyond it.
    mutating func finish(sampleCount count: Int) -> [Samples] {
        if let start, Double(count - start) > minimumSpeech { close(start..<count) }
        var spans = takeReady()
        if let closed { spans.append(range(closed.start, min(closed.end + Int(padding), count))) }
        self = SpeechSpanFinder(settings: settings)
        return spans
    }

    // MARK: Steps

    private mutating func open(at window: Int, _ probability: Float) {
        start = window
        heard = maximumSpeech.isFinite ? [probability] : []
    }

    private mutating func fallSilent(at window: Int) {
        guard let start else { return }
        let silence = silentSince ?? window
        silentSince = silence
        guard Double(window - silence) >= minimumSilence else { return }
        if Double(silence - start) > minimumSpeech { close(start..<silence) }
        self.start = nil
        silentSince = nil
        silences = []
        heard = []
    }

    /// Cuts a span that has grown too long; what comes after the cut is the open span.
    private mutating func cut(from start: Int, at window: Int) {
        var next: Int
        if let longest = silences.max(by: { $0.length < $1.length }) {
            close(start..<longest.start)
            next = longest.start + longest.length
            silentSince = nil
        } else {
            let half = heard.count / 2
            let quietest = heard.indices.dropFirst(half).dropLast().min {
                (heard[$0], -$0) < (heard[$1], -$1)
            }
            next = start + (quietest ?? half) * VoiceWindow.length
            close(start..<next)
            silentSince = silentSince.map { max($0, next) }
        }
        next = min(next, window)
        heard.removeFirst(min(heard.count, (next - start) / VoiceWindow.length))
        self.start = next
        silences = []
    }

    /// A span's speech, unpadded, becomes the one whose end waits for its successor.
    private mutating func close(_ speech: Samples) {
        var start = Double(speech.lowerBound) - padding
        if let closed {
            // Both sides of a short silence share it.
            let silence = speech.lowerBound - closed.end
            if Double(silence) < 2 * padding {
                ready.append(range(closed.start, closed.end + silence / 2))
                start = Double(speech.lowerBound - silence / 2)
            } else {
                ready.append(range(closed.start, closed.end + Int(padding)))
            }
        }
        closed = (max(0, Int(start)), speech.upperBound)
    }

    /// Gives a closed span as soon as no later one can come near it.
    private mutating func settled() -> [Samples] {
        if let closed {
            // The earliest that a span which is not yet closed could begin; the last window may
            // reach beyond the end of the sound, so without an open span its start is taken.
            let next = start ?? position - VoiceWindow.length
            if Double(next - closed.end) >= 2 * padding {
                ready.append(range(closed.start, closed.end + Int(padding)))
                self.closed = nil
            }
        }
        return takeReady()
    }

    private mutating func takeReady() -> [Samples] {
        defer { ready = [] }
        return ready
    }

    private func range(_ start: Int, _ end: Int) -> Samples { start..<max(start, end) }
}
