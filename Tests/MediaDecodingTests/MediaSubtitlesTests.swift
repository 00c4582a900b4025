import Corpus
import Foundation
import TestSupport
import Testing

@testable import MediaDecoding

@Suite struct MediaSubtitlesTests {
    private static func cue(_ text: String) -> Data {
        Data("1\n00:00:01,000 --> 00:00:02,000\n\(text)\n".utf8)
    }

    /// A copy of the sample film with files beside it.
    private func film(_ folder: TemporaryFolder, beside files: [String: Data]) throws -> String {
        let path = folder.path("film.mp4")
        try FileManager.default.copyItem(atPath: try SampleMedia.withSound(), toPath: path)
        for (name, bytes) in files {
            try bytes.write(to: URL(fileURLWithPath: folder.path(name)))
        }
        return path
    }

    @Test(arguments: [
        ([String](), ["deutsch", "english", "plain"]), (["en"], ["english"]),
        (["eng", "de"], ["english"]), (["fr", "de"], ["deutsch"]),
        (["fr"], ["deutsch", "english", "plain"]),
    ])
    func wantedLanguagesChooseAmongFiles(languages: [String], expected: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try film(
            folder,
            beside: [
                "film.de.srt": Self.cue("deutsch"), "film.en.srt": Self.cue("english"),
                "film.srt": Self.cue("plain"),
            ])
        let found = try MediaSubtitles.read(
            from: try MediaFile.open(path: path), atPath: path, languages: languages)
        #expect(found.passages.map(\.text) == expected)
        #expect(found.notes == [])
    }

    @Test func aBrokenFileIsNotedAndTheOthersAreRead() throws {
        let folder = try TemporaryFolder()
        let path = try film(
            folder,
            beside: ["film.ass": Data("[Script Info]\n".utf8), "film.en.srt": Self.cue("english")])
        let found = try MediaSubtitles.read(from: try MediaFile.open(path: path), atPath: path)
        #expect(found.passages.map(\.text) == ["english"])
        #expect(found.notes.count == 1)
        #expect(found.notes.first?.contains("film.ass") == true)
    }

    @Test func wantedLanguagesChooseAmongStreams() throws {
        let folder = try TemporaryFolder()
        try Self.cue("hello").write(to: URL(fileURLWithPath: folder.path("one.srt")))
        try Self.cue("bonjour").write(to: URL(fileURLWithPath: folder.path("two.srt")))
        let path = try SampleMedia.make(
            "languages.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=3", "-i", folder.path("one.srt"),
                "-i", folder.path("two.srt"), "-map", "0", "-map", "1", "-map", "2",
                "-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=fre",
            ] + SampleMedia.fastH264)
        func said(_ languages: [String]) throws -> [String] {
            try MediaSubtitles.read(
                from: try MediaFile.open(path: path), atPath: path, languages: languages
            ).passages.map(\.text)
        }
        #expect(try said([]) == ["hello", "bonjour"])
        #expect(try said(["fr"]) == ["bonjour"])
        #expect(try said(["ja"]) == ["hello", "bonjour"])
    }

    @Test func picturesAreNotedAndSkipped() throws {
        let source = try SampleMedia.write("words-beside-pictures.srt") {
            [UInt8](Self.cue("hello"))
        }
        // ffmpeg makes pictures from a stream of them only: a Blu-ray's subtitles, kept as they are.
        let pictures = try SampleMedia.write("pictures.sup") { Self.presentationGraphics }
        let path = try SampleMedia.make(
            "pictures.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=3", "-i", source, "-i", pictures,
                "-map", "0", "-map", "1", "-map", "2", "-c:s:0", "subrip", "-c:s:1", "copy",
                "-metadata:s:s:1", "language=ger",
            ] + SampleMedia.fastH264)
        let found = try MediaSubtitles.read(from: try MediaFile.open(path: path), atPath: path)
        #expect(found.passages.map(\.text) == ["hello"])
        #expect(
            found.notes == [
                "Subtitles made of pictures are not read: hdmv_pgs_subtitle (ger)."
            ])
    }

    /// Presentation graphics: an empty composition at 1 s and at 2 s, each with its end segment.
    private static let presentationGraphics: [UInt8] = [90_000, 180_000].flatMap {
        (time: UInt32) -> [UInt8] in
        func segment(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
            let stamp = withUnsafeBytes(of: time.bigEndian) { Array($0) }
            return [0x50, 0x47] + stamp + [0, 0, 0, 0, kind, 0, UInt8(body.count)] + body
        }
        // Width 1920, height 1080, frame rate, number, state, palette, objects.
        let composition: [UInt8] = [0x07, 0x80, 0x04, 0x38, 0x10, 0, 0, 0x80, 0, 0, 0]
        return segment(0x16, composition) + segment(0x80, [])
    }
}
