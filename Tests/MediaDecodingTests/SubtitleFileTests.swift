import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct SubtitleFileTests {
    private func said(_ text: String) throws -> [String] { try said(Array(text.utf8)) }

    /// "start-end text" of each passage.
    private func said(_ bytes: [UInt8]) throws -> [String] {
        try SubtitleFile.parse(bytes).map { passage in
            let span = try #require(passage.span)
            #expect(passage.source == .subtitle)
            return "\(span.startSeconds)-\(span.endSeconds) \(passage.text)"
        }
    }

    static let plain =
        "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n"

    @Test(arguments: [
        plain,
        plain.replacing("\n", with: "\r\n"),
        plain.replacing("\n", with: "\r"),
        "\u{FEFF}" + plain,
        // Without numbers, without empty lines, without a last line end.
        "00:00:01,000 --> 00:00:02,500\nHello\n00:00:03,000 --> 00:00:04,000\nWorld",
        "1\n00:00:01,000 --> 00:00:02,500\nHello\n2\n00:00:03,000 --> 00:00:04,000\nWorld",
        // Points for commas, short fields, blanks, positions.
        "1\n 0:0:1.0 --> 0:0:2.5  X1:40 X2:600\nHello\n\n2\n00:03,000-->00:04,000\nWorld\n",
        // An empty line under the times, several after the text.
        "1\n00:00:01,000 --> 00:00:02,500\n\nHello\n\n\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n",
        "WEBVTT\n\n00:01.000 --> 00:02.500 align:start position:0%\nHello\n\nid\n00:03.000 --> 00:04.000\nWorld\n",
        "WEBVTT - a title\nKind: captions\n\nNOTE\nnot said\n\nSTYLE\n::cue { color: red }\n\n"
            + "00:01.000 --> 00:02.500\n<v Anna>Hello</v>\n\nNOTE not said\n\n"
            + "00:00:03.000 --> 00:00:04.000\n<c.yellow>Wor</c><00:00:03.500>ld\n",
        // In any order.
        "1\n00:00:03,000 --> 00:00:04,000\nWorld\n\n2\n00:00:01,000 --> 00:00:02,500\nHello\n",
    ])
    func formsAreForgiven(text: String) throws {
        #expect(try said(text) == ["1.0-2.5 Hello", "3.0-4.0 World"])
    }

    @Test(arguments: [
        ("<i>a</i> <font color=\"#fff\">b</font>", "a b"),
        ("{\\an8}{\\i1}a{\\i0}", "a"),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#65;&#x42;&nbsp;d", "a <b> & \"c\" AB d"),
        ("1 < 2 and 3 > 2, {really}", "1 < 2 and 3 > 2, {really}"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a\u{0}b\tc", "a b c"),
        ("one<br>two\\Nthree", "one two three"),
        ("&bogus; &#0; &#x110000; C:\\new", "&bogus; &#x110000; C:\\new"),
        ("- Yes.\n- No.", "- Yes. - No."),
        ("你好，世界", "你好，世界"),
    ])
    func markupIsTakenOut(text: String, expected: String) throws {
        #expect(try said("1\n00:00:01,000 --> 00:00:02,000\n\(text)\n") == ["1.0-2.0 \(expected)"])
    }

    @Test func carelessTimesAreMended() throws {
        // The end before the start; a time a month away; no text.
        let text =
            "00:00:05,000 --> 00:00:01,000\na\n\n99999:00:00,000 --> 99999:00:01,000\nb\n\n"
            + "00:00:06,000 --> 00:00:07,000\n<i></i>\n\n"
        #expect(try said(text) == ["5.0-5.0 a"])
    }

    @Test func rollUpCaptionsAreSaidOnce() throws {
        let text = """
            WEBVTT

            00:01.000 --> 00:03.000
            first line

            00:03.000 --> 00:03.010
            first line

            00:03.010 --> 00:05.000
            first line
            second line

            00:05.000 --> 00:07.000
            second line
            third line

            00:20.000 --> 00:21.000
            third line
            """
        #expect(
            try said(text) == [
                "1.0-3.01 first line", "3.01-5.0 second line", "5.0-7.0 third line",
                "20.0-21.0 third line",
            ])
    }

    @Test func textsWithoutTimesAreRefused() {
        #expect(throws: MediaError.notSubtitles(file: "x.srt")) {
            try SubtitleFile.parse(Array("Only words.\n".utf8), name: "x.srt")
        }
        #expect(throws: MediaError.emptyFile(file: "x.srt")) {
            try SubtitleFile.parse([], name: "x.srt")
        }
        #expect(throws: MediaError.notSubtitles(file: "x.srt")) {
            try SubtitleFile.parse([UInt8](repeating: 0, count: 3_000), name: "x.srt")
        }
        #expect(throws: Never.self) { try SubtitleFile.parse(Array("WEBVTT\n".utf8)) }
    }

    @Test func anyBytesAreReadWithoutATrap() {
        var state: UInt64 = 42
        for length in 0..<300 {
            let bytes = (0..<length).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let alphabet = Array("0123456789:,.-> \n\r<>{}&;\\#x\u{0}é".utf8)
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            _ = try? SubtitleFile.parse(bytes)
            _ = try? SubtitleFile.parse(Array("00:01.0 --> 00:02.0\n".utf8) + bytes)
        }
    }

    @Test func longTextsAreCapped() throws {
        let long = String(repeating: "word ", count: 100_000)
        let passages = try SubtitleFile.parse(Array("00:01.0 --> 00:02.0\n\(long)\n".utf8))
        #expect(passages.count == 1)
        #expect(passages[0].text.count == SubtitleText.maximumCharacters)
    }

    @Test func manyCuesTakeLinearTime() throws {
        func text(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { index in
                let second = index % 60 < 10 ? "0\(index % 60)" : "\(index % 60)"
                return Array("\(index)\n00:00:\(second),000 --> 00:59:59,000\nsame line\n\n".utf8)
            }
        }
        /// Of a processor, on this thread: what else runs hardly matters. The least of three.
        func seconds(_ text: [UInt8]) throws -> Double {
            try (0..<3).map { _ in
                var (start, end) = (timespec(), timespec())
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
                _ = try SubtitleFile.parse(text)
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
                return Double(end.tv_sec - start.tv_sec)
                    + Double(end.tv_nsec - start.tv_nsec) / 1e9
            }.min() ?? 0
        }
        let (small, large) = try (seconds(text(2_000)), seconds(text(20_000)))
        // Ten times as many; a hundred times as long where each is compared with each.
        #expect(large < 40 * max(small, 0.02))
    }

    @Test func aFileIsReadWithItsLimits() throws {
        let path = try SampleMedia.write("limits.srt") { Array(Self.plain.utf8) }
        #expect(
            try SubtitleFile.passages(atPath: path, language: "en").map(\.language) == ["en", "en"])
        var limits = DecodingLimits()
        limits.maximumSubtitleBytes = 10
        #expect(
            throws: MediaError.tooManyBytes(file: path, bytes: Self.plain.utf8.count, maximum: 10)
        ) { try SubtitleFile.passages(atPath: path, limits: limits) }
    }
}
