import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct WhisperTranscriptTests {
    private static let whole = """
        {"text": " Hello. World.", "segments": [
          {"id": 1, "start": 3.0, "end": 4.0, "text": " World.", "avg_logprob": -0.2231436},
          {"id": 0, "start": 1.0, "end": 2.5, "text": " Hello."}], "language": "en"}
        """

    @Test func segmentsArePassagesOfAMachine() throws {
        let passages = try SubtitleFile.parse(Array(Self.whole.utf8))
        #expect(passages.map(\.text) == ["Hello.", "World."])
        #expect(
            passages.map(\.span) == [
                TimeSpan(startSeconds: 1, endSeconds: 2.5),
                TimeSpan(startSeconds: 3, endSeconds: 4),
            ])
        #expect(passages.map(\.source) == [.transcript, .transcript])
        #expect(passages.map(\.language) == ["en", "en"])
        #expect(passages[0].confidence == nil)
        #expect(passages[1].confidence.map { abs($0 - 0.8) < 1e-6 } == true)
        #expect(
            try SubtitleFile.parse(Array(Self.whole.utf8), language: "de").map(\.language)
                == ["de", "de"])
    }

    @Test(
        "other JSON is none",
        arguments: [
            "{}", "{\"segments\": 3}", "{\"segments\": []}", "{\"segments\": [1]}",
            "{\"segments\": [{\"start\": 1, \"end\": 2}]}",
            "{\"segments\": [{\"start\": \"1\", \"end\": 2, \"text\": \"a\"}]}",
            "[{\"start\": 1, \"end\": 2, \"text\": \"a\"}]", "{\"segments\": [",
            "{\"title\": \"x\"}",
            "{\"text\": \"a --> b\"}", String(repeating: "{\"segments\":[", count: 5_000),
        ])
    func otherJSON(text: String) {
        #expect(WhisperTranscript(Array(text.utf8)) == nil)
        #expect(throws: MediaError.self) { try SubtitleFile.parse(Array(text.utf8)) }
    }

    @Test(arguments: ["1e400", "-1e400", "1e300", "-5"])
    func strangeTimesAreSurvived(time: String) throws {
        let text = "{\"segments\": [{\"start\": \(time), \"end\": \(time), \"text\": \"a\"}]}"
        for passage in (try? SubtitleFile.parse(Array(text.utf8))) ?? [] {
            let span = try #require(passage.span)
            #expect(span.startSeconds >= 0 && span.startSeconds < 2_678_400)
        }
    }

    @Test func besideAFilmOnlyATranscriptCounts() throws {
        let film = try SampleMedia.write("talk.mp4") { [] }
        let other = try SampleMedia.write("talk.json") { Array("{\"width\": 640}".utf8) }
        #expect(SidecarSubtitles.find(besideMediaAt: film) == [])
        try Data(Self.whole.utf8).write(to: URL(fileURLWithPath: other))
        let script = try SampleMedia.write("talk.en.ass") { Array("[Events]\n".utf8) }
        #expect(
            SidecarSubtitles.find(besideMediaAt: film) == [
                .init(path: script, language: "en"), .init(path: other, language: nil),
            ])
    }
}
