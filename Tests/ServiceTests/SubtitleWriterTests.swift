import Corpus
import Testing

@testable import Service

@Suite struct SubtitleWriterTests {
    private static func said(_ text: String, _ start: Double, _ end: Double) -> Passage {
        Passage(
            text: text, source: .transcript,
            span: TimeSpan(startSeconds: start, endSeconds: end), confidence: 0.5)
    }

    @Test func webVTTIsWrittenByItsStandard() {
        let text = SubtitleWriter.webVTT([
            Self.said("a < b & c --> d", 3661.5, 3662), Self.said("first", 0, 0),
            Passage(text: "a title", source: .title),
        ])
        #expect(
            text == """
                WEBVTT

                00:00:00.000 --> 00:00:00.001
                first

                01:01:01.500 --> 01:01:02.000
                a &lt; b &amp; c --&gt; d

                """)
    }

    @Test func subRipIsNumbered() {
        #expect(
            SubtitleWriter.subRip([Self.said("one", 1, 2), Self.said("two --> 2", 2, 3.25)]) == """
                1
                00:00:01,000 --> 00:00:02,000
                one

                2
                00:00:02,000 --> 00:00:03,250
                two -> 2

                """)
    }

    @Test func nothingSaidIsStillAFile() {
        #expect(SubtitleWriter.webVTT([]) == "WEBVTT\n")
        #expect(SubtitleWriter.subRip([]) == "")
    }

    @Test func longPassagesAreCutIntoCuesThatFollowEachOther() {
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        let lines = SubtitleWriter.webVTT([Self.said(words, 10, 20)]).split(separator: "\n")
        let times = lines.filter { $0.contains("-->") }
        #expect(times.first?.hasPrefix("00:00:10.000") == true)
        #expect(times.last?.hasSuffix("00:00:20.000") == true)
        let ends = times.map { $0.suffix(12) }
        let starts = times.map { $0.prefix(12) }
        #expect(Array(starts.dropFirst()) == Array(ends.dropLast()))
        #expect(lines.allSatisfy { $0.count <= 42 })
        #expect(
            lines.dropFirst().filter { !$0.contains("-->") }.joined(separator: " ") == words)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func strangeTimesAreSurvived(time: Double) {
        let passage = Passage(
            text: "a", source: .subtitle, span: TimeSpan(startSeconds: time, endSeconds: time))
        #expect(SubtitleWriter.webVTT([passage]).hasPrefix("WEBVTT\n\n"))
    }
}
