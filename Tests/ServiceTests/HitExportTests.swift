import Corpus
import Foundation
import FoundationXML
import Testing

@testable import Service

@Suite struct HitExportTests {
    /// A film with a hostile name, found twice; a sound; a picture; a text.
    private static let hits: [Hit] = {
        func asset(_ kind: AssetKind, _ path: String, seconds: Double) -> Asset {
            Asset(
                id: AssetID(digest: SHA256.digest(of: path.utf8)), kind: kind, path: path,
                durationSeconds: seconds)
        }
        func hit(_ asset: Asset, _ start: Double, _ end: Double, _ text: String?) -> Hit {
            let span = TimeSpan(startSeconds: start, endSeconds: end)
            return Hit(
                asset: asset, moment: span,
                parts: [HitPart(query: "cake", moment: span, channels: [:])],
                snippet: text.map { Snippet(pieces: [Snippet.Piece(text: $0, isMatch: false)]) })
        }
        let film = asset(.video, "/films/A & B <\"1\">\n--> é.mp4", seconds: 60)
        return [
            hit(film, 10.5, 12, "Bake it, <now>\n& --> later"),
            hit(film, 1, 3.02, nil),
            hit(asset(.audio, "/radio/garden.ogg", seconds: 5), 0, 4.5, "Peas"),
            hit(asset(.image, "/birthday.jpg", seconds: 0), 0, 0, nil),
            hit(asset(.text, "/notes.txt", seconds: 0), 0, 0, "A note"),
        ]
    }()

    private var export: HitExport { HitExport(query: "cake & <ale>", hits: Self.hits) }

    @Test func chaptersAreThoseOfTheBestFilmInItsOrder() {
        #expect(
            export.text(.vtt) == """
                WEBVTT

                NOTE reel: cake & <ale>, in A & B <"1"> -> é.mp4

                NOTE Chapters belong to one file: the moments of 3 other files are left out.

                1
                00:00:01.000 --> 00:00:03.020
                cake &amp; &lt;ale&gt;

                2
                00:00:10.500 --> 00:00:12.000
                Bake it, &lt;now&gt; &amp; --&gt; later

                """)
    }

    @Test func aPlaylistBeginsAndEndsEachEntryAtItsMoment() {
        #expect(
            export.text(.m3u) == """
                #EXTM3U
                #PLAYLIST:reel: cake & <ale>
                #EXTINF:2,A & B <"1"> --> é.mp4: Bake it, <now> & --> later
                #EXTVLCOPT:start-time=10.500
                #EXTVLCOPT:stop-time=12.000
                file:///films/A%20%26%20B%20%3C%221%22%3E%0A--%3E%20%C3%A9.mp4
                #EXTINF:3,A & B <"1"> --> é.mp4: cake & <ale>
                #EXTVLCOPT:start-time=1.000
                #EXTVLCOPT:stop-time=3.020
                file:///films/A%20%26%20B%20%3C%221%22%3E%0A--%3E%20%C3%A9.mp4
                #EXTINF:5,garden.ogg: Peas
                #EXTVLCOPT:start-time=0.000
                #EXTVLCOPT:stop-time=4.500
                file:///radio/garden.ogg
                #EXTINF:5,birthday.jpg: cake & <ale>
                file:///birthday.jpg

                """)
    }

    @Test func anEditListCountsFramesWithoutGaps() {
        #expect(
            export.text(.edl) == """
                TITLE: reel: cake & <ale>
                FCM: NON-DROP FRAME

                001  AX       AA/V  C        00:00:10:13 00:00:12:00 01:00:00:00 01:00:01:12
                * FROM CLIP NAME: A & B <"1"> --> é.mp4
                * SOURCE FILE: /films/A & B <"1"> --> é.mp4
                * COMMENT: Bake it, <now> & --> later

                002  AX       AA/V  C        00:00:01:00 00:00:03:01 01:00:01:12 01:00:03:13
                * FROM CLIP NAME: A & B <"1"> --> é.mp4
                * SOURCE FILE: /films/A & B <"1"> --> é.mp4
                * COMMENT: cake & <ale>

                003  AX       AA    C        00:00:00:00 00:00:04:13 01:00:03:13 01:00:08:01
                * FROM CLIP NAME: garden.ogg
                * SOURCE FILE: /radio/garden.ogg
                * COMMENT: Peas

                004  AX       V     C        00:00:00:00 00:00:05:00 01:00:08:01 01:00:13:01
                * FROM CLIP NAME: birthday.jpg
                * SOURCE FILE: /birthday.jpg
                * COMMENT: cake & <ale>

                """)
    }

    @Test func aFinalCutProjectIsWellFormedAndItsTimesAreExact() throws {
        let text = export.text(.fcpxml)
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE fcpxml>
                <fcpxml version="1.10">
                    <resources>
                        <format id="r1" name="FFVideoFormatRateUndefined" frameDuration="1/25s" width="1920" height="1080"/>
                        <asset id="r2" name="A &amp; B &lt;&quot;1&quot;&gt; --&gt; é.mp4" start="0s" duration="1500/25s" hasVideo="1" format="r1" hasAudio="1" audioSources="1">
                            <media-rep kind="original-media" src="file:///films/A%20%26%20B%20%3C%221%22%3E%0A--%3E%20%C3%A9.mp4"/>
                        </asset>
                        <asset id="r3" name="garden.ogg" start="0s" duration="125/25s" hasAudio="1" audioSources="1">
                            <media-rep kind="original-media" src="file:///radio/garden.ogg"/>
                        </asset>
                        <asset id="r4" name="birthday.jpg" start="0s" duration="0s" hasVideo="1" format="r1">
                            <media-rep kind="original-media" src="file:///birthday.jpg"/>
                        </asset>
                    </resources>
                    <library>
                        <event name="reel: cake &amp; &lt;ale&gt;">
                            <project name="reel: cake &amp; &lt;ale&gt;">
                                <sequence format="r1" duration="326/25s" tcStart="0s" tcFormat="NDF">
                                    <spine>
                                        <asset-clip ref="r2" offset="0s" name="A &amp; B &lt;&quot;1&quot;&gt; --&gt; é.mp4" start="263/25s" duration="37/25s">
                                            <note>Bake it, &lt;now&gt; &amp; --&gt; later</note>
                                        </asset-clip>
                                        <asset-clip ref="r2" offset="37/25s" name="A &amp; B &lt;&quot;1&quot;&gt; --&gt; é.mp4" start="25/25s" duration="51/25s">
                                            <note>cake &amp; &lt;ale&gt;</note>
                                        </asset-clip>
                                        <asset-clip ref="r3" offset="88/25s" name="garden.ogg" start="0s" duration="113/25s">
                                            <note>Peas</note>
                                        </asset-clip>
                                        <video ref="r4" offset="201/25s" name="birthday.jpg" start="0s" duration="125/25s">
                                            <note>cake &amp; &lt;ale&gt;</note>
                                        </video>
                                    </spine>
                                </sequence>
                            </project>
                        </event>
                    </library>
                </fcpxml>

                """)
        let document = try XMLDocument(data: Data(text.utf8))
        #expect(try document.nodes(forXPath: "//asset-clip").count == 3)
    }

    @Test(arguments: HitExport.Format.allCases)
    func nothingFoundIsAFileToo(format: HitExport.Format) throws {
        let text = HitExport(query: "nothing", hits: []).text(format)
        #expect(text.hasSuffix("\n"))
        #expect(text.contains("reel: nothing"))
        if format == .fcpxml { _ = try XMLDocument(data: Data(text.utf8)) }
    }

    @Test func controlCharactersLeaveNoTraceInXML() throws {
        var hit = Self.hits[0]
        hit.asset.path = "/a\u{1}b\u{8}\u{1B}[31m\u{FFFE}.mp4"
        let text = HitExport(query: "\u{0}\u{2}x", hits: [hit]).text(.fcpxml)
        _ = try XMLDocument(data: Data(text.utf8))
    }

    // MARK: Frame rates

    private struct Rate {
        var name: String
        var seconds: Double
        var frame: Int
        var code: String
        var rational: String
    }

    private static let rates = [
        Rate(
            name: "25", seconds: 3661.04, frame: 91526, code: "01:01:01:01", rational: "91526/25s"),
        Rate(name: "24", seconds: 0.99, frame: 24, code: "00:00:01:00", rational: "24/24s"),
        Rate(
            name: "29.97", seconds: 3603.6, frame: 108_000, code: "01:00:00:00",
            rational: "108108000/30000s"),
        Rate(
            name: "23.976", seconds: 1.001, frame: 24, code: "00:00:01:00", rational: "24024/24000s"
        ),
        Rate(name: "59.94", seconds: 0, frame: 0, code: "00:00:00:00", rational: "0s"),
    ]

    @Test(arguments: rates.indices)
    func timesAreWholeFrames(index: Int) throws {
        let expected = Self.rates[index]
        let rate = try #require(FrameRate(expected.name))
        let frame = rate.frame(atSeconds: expected.seconds)
        #expect(frame == expected.frame)
        #expect(rate.timeCode(frame) == expected.code)
        #expect(rate.rationalSeconds(frame) == expected.rational)
    }

    @Test func anEditListAtABroadcastRateBeginsAtAWholeHour() throws {
        var export = export
        export.frameRate = try #require(FrameRate("29.97"))
        #expect(export.text(.edl).contains(" 01:00:00:00 "))
        #expect(FrameRate("27") == nil)
    }

    @Test func timesThatNoFileHasAreHeldInRange() throws {
        let rate = FrameRate.default
        for seconds in [Double.nan, -5, .infinity, 1e300] {
            let frame = rate.frame(atSeconds: seconds)
            #expect((0...(360_000 * 25)).contains(frame))
        }
        #expect(rate.frames(fromSeconds: 5, to: 4).count == 1)
    }
}
