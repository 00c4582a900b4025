import Corpus
import Testing

@testable import MediaDecoding

@Suite struct SubStationScriptTests {
    private static let script = """
        [Script Info]
        Title: a film
        ScriptType: v4.00+

        [V4+ Styles]
        Format: Name, Fontname, Fontsize
        Style: Default,Arial,20

        [Events]
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
        Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,World, with a comma
        Comment: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,not said
        Dialogue: 0,0:00:01.00,0:00:02.50,Default,Anna,0,0,0,,{\\i1}Hello{\\i0}\\Nthere
        Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}

        [Fonts]
        Dialogue: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,not said either
        """

    private func said(_ text: String) throws -> [String] {
        try SubtitleFile.parse(Array(text.utf8)).map { passage in
            let span = try #require(passage.span)
            #expect(passage.source == .subtitle)
            return "\(span.startSeconds)-\(span.endSeconds) \(passage.text)"
        }
    }

    @Test(arguments: [
        script, script.replacing("\n", with: "\r\n"), "\u{FEFF}" + script,
        script.replacing("Dialogue: ", with: "dialogue:"),
        // The older version, whose first field is another.
        script.replacing("Format: Layer", with: "Format: Marked")
            .replacing("Dialogue: 0", with: "Dialogue: Marked=0")
            .replacing("v4.00+", with: "v4.00").replacing("[V4+", with: "[V4"),
        // Without a line of format.
        script.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("Format: Layer") }.joined(separator: "\n"),
    ])
    func eventsAreRead(text: String) throws {
        #expect(try said(text) == ["1.0-2.5 Hello there", "3.0-4.0 World, with a comma"])
    }

    @Test func fieldsMayStandInAnotherOrder() throws {
        let text = "[Events]\nFormat: End, Start, Text\nDialogue: 0:00:02.00,0:00:01.00,a, b\n"
        #expect(try said(text) == ["1.0-2.0 a, b"])
    }

    @Test(arguments: [
        "[Script Info]\n", "[Events]\nFormat: Text\nDialogue: a\n",
        "[Events]\nDialogue: 0,9:9,x,,,,,,,text\n", "[Events]\nDialogue:\nDialogue: ,,,,,,,,,\n",
        "[Events]\nFormat: Start, End, Text\nDialogue: 99999:00:00.00,99999:00:00.00,late\n",
        "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,{\\i1}{unclosed\\\n",
        "[events]\n" + String(repeating: "Dialogue: ,", count: 50_000),
    ])
    func damageIsSurvived(text: String) {
        _ = try? SubtitleFile.parse(Array(text.utf8))
    }

    @Test func aScriptWithoutEventsIsNoSubtitles() {
        #expect(throws: MediaError.notSubtitles(file: "a.ass")) {
            try SubtitleFile.parse(Array("[Script Info]\nTitle: x\n".utf8), name: "a.ass")
        }
    }
}
