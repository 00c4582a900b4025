import Testing

@testable import Speech

@Suite("Spans are those of get_speech_timestamps")
struct SpeechSpanFinderTests {
    private func spans(
        _ probabilities: [Float], _ settings: SpeechSpanSettings, count: Int
    ) -> [Range<Int>] {
        var finder = SpeechSpanFinder(settings: settings)
        var found: [Range<Int>] = []
        for probability in probabilities {
            let needed = finder.earliestNeeded
            let spans = finder.add(probability)
            // What the finder said it no longer needs is gone by now.
            for span in spans { #expect(span.lowerBound >= needed) }
            found += spans
        }
        return found + finder.finish(sampleCount: count)
    }

    @Test("over the clip", arguments: 0..<5)
    func clip(setting: Int) throws {
        let goldens = try VoiceGoldens()
        let golden = goldens.clip[setting]
        let count = try VoiceGoldens.samples().count
        let found = spans(goldens.safetensors, golden.spanSettings, count: count)
        #expect(found.map { [$0.lowerBound, $0.upperBound] } == golden.spans)
        #expect(!found.isEmpty)
    }

    @Test("over made-up probabilities", arguments: 0..<5)
    func walk(index: Int) throws {
        let walk = try VoiceGoldens().walks[index]
        let count = VoiceWindow.length * walk.probabilities.count - (index < 4 ? 100 : 0)
        for golden in walk.cases {
            let found = spans(walk.probabilities, golden.spanSettings, count: count)
            #expect(
                found.map { [$0.lowerBound, $0.upperBound] } == golden.spans, "\(golden.settings)")
        }
    }

    @Test func withoutASilenceTheLeastLikelyWindowIsCut() {
        var settings = SpeechSpanSettings()
        settings.maximumSpeechSeconds = 2
        settings.paddingSeconds = 0
        var probabilities = [Float](repeating: 0.9, count: 150)
        probabilities[40] = 0.6
        let found = spans(probabilities, settings, count: 150 * VoiceWindow.length)
        #expect(found.first == 0..<40 * VoiceWindow.length)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(found.last?.upperBound == 150 * VoiceWindow.length)
        let longest = found.map(\.count).max() ?? 0
        #expect(longest <= 2 * VoiceWindow.sampleRate)
    }

    @Test func silenceHasNoSpansAndNeedsNoMemory() {
        var finder = SpeechSpanFinder(settings: .transcription)
        for window in 0..<10_000 {
            #expect(finder.add(0.1).isEmpty)
            #expect(finder.earliestNeeded >= (window - 10) * VoiceWindow.length)
        }
        #expect(finder.finish(sampleCount: 10_000 * VoiceWindow.length).isEmpty)
    }
}
