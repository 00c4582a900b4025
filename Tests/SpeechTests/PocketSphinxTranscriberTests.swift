import Corpus
import Foundation
import TestSupport
import Testing

@testable import Speech

private let folder = "/usr/share/pocketsphinx/model/en-us"

@Suite(.enabled(if: PocketSphinxTranscriber.hasModel(in: folder)))
struct PocketSphinxTranscriberTests {
    private static let reference =
        "Once upon a time there was a king who lived in a big house near the river. "
        + "He had three sons, and the youngest of them was the best."

    private func segment(_ samples: [Float], from start: Double) -> SpeechSegment {
        SpeechSegment(
            span: TimeSpan(
                startSeconds: start, endSeconds: start + Double(samples.count) / 16_000),
            samples: samples)
    }

    private func english() throws -> [Float] {
        // Of espeak's voices the one that PocketSphinx understands best.
        try SpokenText.samples(Self.reference, voice: "en-us+klatt", wordsPerMinute: 150)
    }

    @Test func aSyntheticVoiceIsUnderstoodInPart() throws {
        let transcriber = try PocketSphinxTranscriber(folder: folder)
        let speech = segment(try english(), from: 5)
        let recognition = try transcriber.transcribe(speech, prompt: "")
        let text = recognition.words.map(\.text).joined(separator: " ")
        let rate = wordErrorRate(text, reference: Self.reference)
        print("word error rate of PocketSphinx on espeak-ng: \(rate): \(text)")
        #expect(rate <= 0.5)
        #expect(recognition.language == "en")
        #expect(recognition.fit.map { (-80 ... -20).contains($0) } == true)
        for (word, next) in zip(recognition.words, recognition.words.dropFirst()) {
            #expect(word.span.endSeconds <= next.span.startSeconds + 0.011)
        }
        for word in recognition.words {
            #expect((0...1).contains(word.confidence))
            #expect(word.span.startSeconds >= 5 && word.span.endSeconds <= speech.span.endSeconds)
            #expect(!word.text.contains("(") && !word.text.contains("<"))
        }
        #expect(recognition.words.contains { $0.confidence < 0.9 })
    }

    @Test func whatWasHeardBeforeDoesNotMatter() throws {
        let transcriber = try PocketSphinxTranscriber(folder: folder)
        let samples = try english()
        let first = segment(Array(samples[..<50_000]), from: 0)
        let other = segment(
            Array(samples[50_000..<90_000]) + SpokenText.silence(seconds: 1, level: 0.2), from: 0)
        let alone = try transcriber.transcribe(first, prompt: "")
        _ = try transcriber.transcribe(other, prompt: "")
        #expect(try transcriber.transcribe(first, prompt: "") == alone)
        #expect(try PocketSphinxTranscriber(folder: folder).transcribe(first, prompt: "") == alone)
    }

    @Test(arguments: [0, 1, 100, 1_600])
    func shortSoundsAndSilenceHaveNoWords(count: Int) throws {
        let transcriber = try PocketSphinxTranscriber(folder: folder)
        let silence = segment([Float](repeating: 0, count: count), from: 0)
        #expect(try transcriber.transcribe(silence, prompt: "").words == [])
        let broken = segment([Float](repeating: .nan, count: count), from: 0)
        #expect(try transcriber.transcribe(broken, prompt: "").words == [])
    }

    @Test func aFolderWithoutAModelIsRefused() throws {
        let empty = try TemporaryFolder()
        #expect(!PocketSphinxTranscriber.hasModel(in: empty.url.path))
        #expect(throws: SpeechError.recognizerRefused(folder: empty.url.path)) {
            try PocketSphinxTranscriber(folder: empty.url.path)
        }
    }

    @Test(arguments: [("read(2)", "read"), ("<sil>", nil), ("[NOISE]", nil), ("++UH++", nil)])
    func fillersAreNoWords(name: String, text: String?) {
        #expect(PocketSphinxDecoder.text(ofWord: name) == text)
    }
}
