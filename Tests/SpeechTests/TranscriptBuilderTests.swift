import Corpus
import Testing

@testable import Speech

@Suite struct TranscriptBuilderTests {
    private func words(
        _ text: String, from start: Double, seconds: Double = 0.5, confidence: Double = 0.8
    ) -> [RecognizedWord] {
        text.split(separator: " ").enumerated().map { index, word in
            let from = start + Double(index) * seconds
            return RecognizedWord(
                text: String(word), span: TimeSpan(startSeconds: from, endSeconds: from + seconds),
                confidence: confidence)
        }
    }

    @Test func wordsAreCutAtPausesAndWhereTheyGrowLong() {
        let long = Array(repeating: "word", count: 70).joined(separator: " ")
        let recognition = Recognition(
            words: words("one two", from: 0) + words("three", from: 2)
                + words(long, from: 10, seconds: 0.25), language: "en")
        let passages = TranscriptBuilder().passages(from: [recognition])
        #expect(passages.prefix(2).map(\.text) == ["one two", "three"])
        #expect(passages[0].span == TimeSpan(startSeconds: 0, endSeconds: 1))
        #expect(passages.dropFirst(2).map { $0.text.split(separator: " ").count } == [40, 30])
        for passage in passages {
            #expect(passage.source == .transcript)
            #expect(passage.language == "en")
            #expect(abs((passage.confidence ?? 0) - 0.8) < 1e-9)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var recognitions: [Recognition]
        var kept: Int
    }

    private static func heard(
        _ start: Double, confidence: Double, fit: Double? = -42, seconds: Double = 10
    ) -> Recognition {
        Recognition(
            words: [
                RecognizedWord(
                    text: "w", span: TimeSpan(startSeconds: start, endSeconds: start + seconds),
                    confidence: confidence)
            ], language: "en", fit: fit)
    }

    static let cases = [
        Case(testDescription: "English", recognitions: [heard(0, confidence: 0.46)], kept: 1),
        Case(testDescription: "Mandarin", recognitions: [heard(0, confidence: 0.13)], kept: 0),
        Case(
            testDescription: "a voice unlike those that were learnt",
            recognitions: [heard(0, confidence: 0.4, fit: -59)], kept: 0),
        Case(
            testDescription: "such a voice, but clear",
            recognitions: [heard(0, confidence: 0.61, fit: -58)], kept: 1),
        Case(
            testDescription: "a recogniser that says nothing about fit",
            recognitions: [heard(0, confidence: 0.5, fit: nil)], kept: 1),
        Case(
            testDescription: "a doubtful moment among clear ones",
            recognitions: [
                heard(0, confidence: 0.6, seconds: 3), heard(4, confidence: 0.2, seconds: 1),
                heard(6, confidence: 0.6, seconds: 3),
            ], kept: 3),
        Case(
            testDescription: "a chance hit in another language",
            recognitions: [
                heard(0, confidence: 0.15, seconds: 3), heard(4, confidence: 0.7, seconds: 1),
                heard(6, confidence: 0.15, seconds: 3),
            ], kept: 0),
        Case(
            testDescription: "two languages far apart",
            recognitions: [heard(0, confidence: 0.15), heard(100, confidence: 0.6, seconds: 2)],
            kept: 1),
        Case(
            testDescription: "nothing heard at all",
            recognitions: [Recognition(words: []), Recognition(words: [])], kept: 0),
    ]

    @Test("whose words are believed", arguments: cases)
    func belief(of example: Case) {
        let builder = TranscriptBuilder()
        #expect(builder.believedCount(example.recognitions) == example.kept)
        #expect(builder.passages(from: example.recognitions).count == example.kept)
    }
}
