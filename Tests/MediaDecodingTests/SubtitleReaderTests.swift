import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct SubtitleReaderTests {
    static let text = """
        1
        00:00:00,500 --> 00:00:01,250
        <i>Good</i> morning, {\\an8}Mr. {Smith}

        2
        00:00:01,500 --> 00:00:02,000
        two lines
        of new & <b>bold</b> text

        """

    @Test(arguments: [
        ("subrip.mkv", "subrip"), ("substation.mkv", "ass"), ("old.mkv", "ssa"),
        ("timed.mp4", "mov_text"), ("web.webm", "webvtt"),
    ])
    func textStreamsAreRead(name: String, codec: String) throws {
        let source = try SampleMedia.write("source.srt") { Array(Self.text.utf8) }
        let video = name.hasSuffix("webm") ? ["-c:v", "libvpx-vp9"] : SampleMedia.fastH264
        let path = try SampleMedia.make(
            "subtitles-" + name,
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=3", "-i", source]
                + video + ["-c:s", codec, "-metadata:s:s:0", "language=eng"])
        let media = try MediaFile.open(path: path)
        #expect(media.subtitleStreams.map(\.isText) == [true])
        let passages = try SubtitleReader().streamPassages(in: media)
        #expect(passages.count == 2)
        let first = try #require(passages.first)
        #expect(first.text == "Good morning, Mr. {Smith}")
        #expect(first.source == .subtitle)
        #expect(first.language == "eng")
        #expect(passages.last?.text == "two lines of new & bold text")
        for (passage, times) in zip(passages, [(0.5, 1.25), (1.5, 2.0)]) {
            let span = try #require(passage.span)
            #expect(abs(span.startSeconds - times.0) < 0.011)
            #expect(abs(span.endSeconds - times.1) < 0.011)
        }
    }

    @Test func twoStreamsOfOneLanguageAreSaidOnceAndTwoLanguagesBoth() throws {
        let source = try SampleMedia.write("once.srt") { Array(Self.text.utf8) }
        func languages(_ name: String, _ second: String) throws -> [String?] {
            let path = try SampleMedia.make(
                name,
                [
                    "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=3", "-i", source, "-map", "0",
                    "-map", "1", "-map", "1", "-metadata:s:s:0", "language=eng",
                    "-metadata:s:s:1", "language=\(second)",
                ] + SampleMedia.fastH264)
            return try SubtitleReader().streamPassages(in: MediaFile.open(path: path))
                .map(\.language)
        }
        #expect(try languages("same.mkv", "eng") == ["eng", "eng"])
        #expect(try languages("other.mkv", "fre") == ["eng", "fre", "eng", "fre"])
    }

    @Test func filmsWithoutSubtitlesHaveNone() throws {
        #expect(
            try SubtitleReader().streamPassages(in: MediaFile.open(path: SampleMedia.cuts()))
                .isEmpty)
    }
}
