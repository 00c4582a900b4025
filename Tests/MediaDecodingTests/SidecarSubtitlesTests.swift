import Foundation
import Testing

@testable import MediaDecoding

@Suite struct SidecarSubtitlesTests {
    private static let names = [
        "film.mp4", "film.srt", "film.en.srt", "film.pt-BR.VTT", "film.eng.forced.srt",
        "film.part2.srt", "film2.srt", "film.txt", ".srt", "film.en.mp4", "Film.srt",
    ]

    @Test(arguments: [
        (
            "film.mp4",
            ["film.en.srt en", "film.eng.forced.srt eng", "film.pt-BR.VTT pt-br", "film.srt -"]
        ),
        (
            "film.mkv",
            ["film.en.srt en", "film.eng.forced.srt eng", "film.pt-BR.VTT pt-br", "film.srt -"]
        ),
        ("film.en.mp4", ["film.en.srt -"]),
        ("film.part2.mp4", ["film.part2.srt -"]),
        ("film2.mp4", ["film2.srt -"]),
        ("Film.mp4", ["Film.srt -"]),
        ("other.mp4", []),
    ])
    func filesAreFoundByTheNameOfTheMedia(name: String, expected: [String]) {
        let sidecars = SidecarSubtitles(folder: "/videos", names: Self.names)
        #expect(
            sidecars.find(besideMediaNamed: name).map {
                "\($0.path.dropFirst("/videos/".count)) \($0.language ?? "-")"
            } == expected)
    }

    @Test func aFolderIsListed() throws {
        let media = try SampleMedia.withSound()
        let beside = try SampleMedia.write("sound.de.srt") { Array("x".utf8) }
        #expect(
            SidecarSubtitles.find(besideMediaAt: media)
                == [.init(path: beside, language: "de")])
        #expect(SidecarSubtitles.find(besideMediaAt: "/nowhere/at/all.mp4").isEmpty)
        #expect(SidecarSubtitles.find(besideMediaAt: "all.mp4").isEmpty)
    }
}
