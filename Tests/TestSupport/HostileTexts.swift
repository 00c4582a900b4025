/// Texts that libav would take for playlists of other files, or that are no media at all, under
/// names of media.
package enum HostileTexts {
    package static let all: [(name: String, text: String)] = [
        ("text.mp4", "This is only a text.\n"),
        ("text.mp3", String(repeating: "This is only a text, but a longer one. ", count: 500)),
        ("zeros.mp4", String(repeating: "\0", count: 5_000)),
        ("concat.mp4", "ffconcat version 1.0\nfile 'sound.mp4'\n"),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsound.mp4\n#EXT-X-ENDLIST\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n"),
        (
            "session.mp4",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5 RTP/AVP 96\n"
        ),
        ("drawing.png", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>"),
        ("dash.mp4", "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>"),
        ("subtitles.mp4", "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n"),
    ]
}
