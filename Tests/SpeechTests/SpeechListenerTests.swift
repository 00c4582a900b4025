import Corpus
import Foundation
import Synchronization
import Testing

@testable import Speech

/// Hears one word a segment, which tells its start.
private final class CountingTranscriber: Transcriber {
    let name = "counting"
    let warning: String? = nil
    let readsPrompt: Bool
    let prompts = Mutex<[String]>([])
    let segments = Mutex<[SpeechSegment]>([])
    private let fails: Bool
    private let delayMicroseconds: UInt32

    init(readsPrompt: Bool = false, fails: Bool = false, delayMicroseconds: UInt32 = 0) {
        self.readsPrompt = readsPrompt
        self.fails = fails
        self.delayMicroseconds = delayMicroseconds
    }

    func transcribe(_ segment: SpeechSegment, prompt: String) throws -> Recognition {
        usleep(delayMicroseconds)
        prompts.withLock { $0.append(prompt) }
        segments.withLock { $0.append(segment) }
        if fails { throw SpeechError.recognitionFailed(atSeconds: segment.span.startSeconds) }
        return Recognition(
            words: [
                RecognizedWord(
                    text: "w\(Int(segment.span.startSeconds))", span: segment.span, confidence: 0.9)
            ], language: "en")
    }
}

@Suite struct SpeechListenerTests {
    /// Two sentences with noise before, between and after them.
    private static func sound() throws -> (samples: [Float], speech: [TimeSpan]) {
        let clip = try VoiceGoldens.samples()
        let silence = SpokenText.silence(seconds: 2)
        // The first sentence of the clip, and the last.
        let (first, last) = (Array(clip[6_000..<47_000]), Array(clip[126_000..<165_000]))
        let samples = silence + first + silence + last + silence
        func span(_ start: Int, _ count: Int) -> TimeSpan {
            TimeSpan(
                startSeconds: Double(start) / 16_000, endSeconds: Double(start + count) / 16_000)
        }
        return (
            samples,
            [span(32_000, 41_000), span(64_000 + 41_000, 39_000)]
        )
    }

    private static func models() throws -> [VoiceModel] {
        try [.spectralEnergy]
            + (VoiceGoldens.weights.map { [.silero(try SileroNetwork(path: $0))] } ?? [])
    }

    private func hear(
        _ samples: [Float], by listener: inout SpeechListener, from start: Double = 0,
        piece: Int = 16_000
    ) throws {
        for first in stride(from: 0, to: samples.count, by: piece) {
            try samples[first..<min(first + piece, samples.count)].withUnsafeBufferPointer {
                try listener.hear($0, atSeconds: start + Double(first) / 16_000)
            }
        }
    }

    @Test func everyDetectorFindsTheSentencesAndNotTheSilence() throws {
        let (samples, speech) = try Self.sound()
        for model in try Self.models() {
            var listener = SpeechListener(model: model)
            try hear(samples, by: &listener)
            let spans = try listener.finish().spans
            #expect(spans.count == 2, "\(model.name): \(spans)")
            for (span, expected) in zip(spans, speech) {
                #expect(abs(span.startSeconds - expected.startSeconds) < 0.6, "\(model.name)")
                #expect(abs(span.endSeconds - expected.endSeconds) < 0.6, "\(model.name)")
            }
        }
    }

    @Test func noiseAloneIsNoSpeech() throws {
        for model in try Self.models() {
            for level in [Float(0), 0.001, 0.1] {
                var listener = SpeechListener(model: model)
                try hear(SpokenText.silence(seconds: 20, level: level), by: &listener)
                #expect(try listener.finish().spans == [], "\(model.name) at \(level)")
            }
        }
    }

    @Test("the same, however the sound is cut", arguments: [317, 16_000, 90_000])
    func piecesDoNotMatter(piece: Int) throws {
        let samples = try Self.sound().samples
        func heard(_ piece: Int) throws -> SpeechListener.Heard {
            var listener = SpeechListener(
                model: .spectralEnergy, transcriber: CountingTranscriber())
            try hear(samples, by: &listener, piece: piece)
            return try listener.finish()
        }
        let whole = try heard(samples.count)
        #expect(whole.passages.count == 2)
        #expect(try heard(piece) == whole)
    }

    @Test func aSegmentHasTheSamplesOfItsSpan() throws {
        let samples = try Self.sound().samples
        let transcriber = CountingTranscriber()
        var listener = SpeechListener(model: .spectralEnergy, transcriber: transcriber)
        try hear(samples, by: &listener, from: 100)
        let spans = try listener.finish().spans
        let segments = transcriber.segments.withLock { $0 }
            .sorted { $0.span.startSeconds < $1.span.startSeconds }
        #expect(segments.map(\.span) == spans)
        for segment in segments {
            let first = Int(((segment.span.startSeconds - 100) * 16_000).rounded())
            #expect(segment.samples == Array(samples[first..<first + segment.samples.count]))
            #expect(
                abs(Double(segment.samples.count) / 16_000 - segment.span.durationSeconds) < 1e-3)
        }
    }

    @Test func whatSubtitlesCoverIsNotRecognised() throws {
        let (samples, speech) = try Self.sound()
        let transcriber = CountingTranscriber()
        var settings = SpeechListener.Settings()
        settings.covered = [TimeSpan(startSeconds: 0, endSeconds: speech[0].endSeconds + 1)]
        var listener = SpeechListener(
            model: .spectralEnergy, transcriber: transcriber, settings: settings)
        try hear(samples, by: &listener)
        let heard = try listener.finish()
        #expect(heard.spans.count == 2)
        #expect(heard.recognizedCount == 1)
        #expect(heard.passages.map(\.text) == ["w6"])
        #expect(heard.passages.first?.source == .transcript)
        #expect(heard.passages.first?.confidence.map { abs($0 - 0.9) < 1e-9 } == true)
    }

    @Test func aFailingRecogniserCostsItsWordsAlone() throws {
        var listener = SpeechListener(
            model: .spectralEnergy, transcriber: CountingTranscriber(fails: true))
        try hear(Self.sound().samples, by: &listener)
        let heard = try listener.finish()
        #expect(heard.spans.count == 2)
        #expect((heard.failedCount, heard.recognizedCount) == (2, 0))
        #expect(heard.passages.isEmpty)
    }

    @Test func aGapInTheSoundEndsWhatWasHeard() throws {
        let samples = try Self.sound().samples
        var listener = SpeechListener(model: .spectralEnergy)
        try hear(Array(samples[..<60_000]), by: &listener)
        try hear(Array(samples[60_000...]), by: &listener, from: 1_000)
        let spans = try listener.finish().spans
        #expect(spans.first.map { $0.endSeconds <= 60_000.0 / 16_000 } == true)
        #expect(spans.last.map { $0.startSeconds >= 1_000 } == true)
    }

    @Test(arguments: [Double.nan, .infinity, -1e300, 1e300, -5])
    func strangeTimesDoNotTrap(time: Double) throws {
        let samples = try Self.sound().samples
        var listener = SpeechListener(model: .spectralEnergy, transcriber: CountingTranscriber())
        try samples.withUnsafeBufferPointer { try listener.hear($0, atSeconds: time) }
        try samples.withUnsafeBufferPointer { try listener.hear($0, atSeconds: 0) }
        _ = try listener.finish()
    }

    @Test func itStopsWhenAsked() throws {
        let samples = try Self.sound().samples
        var settings = SpeechListener.Settings()
        settings.progress = { if $0 >= 3 { throw CancellationError() } }
        var listener = SpeechListener(
            model: .spectralEnergy, transcriber: CountingTranscriber(), settings: settings)
        #expect(throws: CancellationError.self) { try hear(samples, by: &listener) }
    }

    @Test func theLastWordsArePromptsOneSegmentAfterAnother() throws {
        let samples = try Self.sound().samples
        let transcriber = CountingTranscriber(readsPrompt: true)
        var settings = SpeechListener.Settings()
        settings.workers = 4
        var listener = SpeechListener(
            model: .spectralEnergy, transcriber: transcriber, settings: settings)
        try hear(samples + samples, by: &listener)
        let heard = try listener.finish()
        let prompts = transcriber.prompts.withLock { $0 }
        #expect(prompts.count >= 3)
        #expect(prompts[0] == "")
        #expect(prompts[2].contains(heard.passages[0].text))
        #expect(prompts[2].contains(heard.passages[1].text))
    }

    @Test func aSlowRecogniserHoldsBackTheSoundInsteadOfFillingMemory() throws {
        // Forty segments; at no time may more than four wait beside the two that are worked on.
        let queue = RecognitionQueue(
            transcriber: CountingTranscriber(delayMicroseconds: 2_000), workers: 2)
        for index in 0..<40 {
            let span = TimeSpan(startSeconds: Double(index), endSeconds: Double(index) + 0.5)
            try queue.submit(SpeechSegment(span: span, samples: [0])) {}
            #expect(queue.waitingCount <= 4)
        }
        let results = try queue.finish {}
        #expect(results.count == 40)
    }
}
