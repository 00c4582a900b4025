import Corpus
import Foundation
import TestSupport
import Testing

/// Slides drawn by ffmpeg, coded as H.264, and decoded again.
enum SampleSlides {
    static let width = 1280
    static let height = 720
    static let fonts = [
        "DejaVu Sans", "DejaVu Serif", "Liberation Sans", "Liberation Serif", "Liberation Mono",
        "Lato", "Open Sans", "Caladea",
    ]
    static let sizes = [(title: 64, body: 40), (44, 28), (32, 19)]
    static let words = """
        animal bridge castle dinner engine flight garden harvest island journey kitchen lecture \
        market number orange picture quarter river silver ticket uniform valley winter yellow \
        balance contract diagram element factory gravity history insight knowledge machine
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    struct Slide {
        var lines: [String]
        var font: String
        var size: (title: Int, body: Int)
        var ground: String
        var ink: String
        /// ffmpeg's name of what moves behind the text; nil for a plain ground.
        var background: String?
        /// Above the first line, in pixels.
        var top = 50
        var outline = 0

        var words: Set<String> { SampleSlides.words(in: lines.joined(separator: " ")) }
    }

    static func words(in text: String) -> Set<String> {
        Set(text.lowercased().split(whereSeparator: { !$0.isLetter }).map(String.init))
    }

    static func slide(_ number: Int, seed: UInt64 = 1) -> Slide {
        var random = SeededRandom(seed: seed + UInt64(number))
        let (ground, ink) =
            number / 8 % 2 == number % 2 ? ("0xF7F3E8", "0x1B2A4A") : ("0x10243E", "0xF5E663")
        let lines = (0..<5).map { line in
            let chosen = words.shuffled(using: &random).prefix(line == 0 ? 3 : 4)
            return (line == 0 ? "" : "- ") + chosen.joined(separator: " ")
        }
        return Slide(
            lines: lines, font: fonts[number % fonts.count], size: sizes[number % sizes.count],
            ground: ground, ink: ink)
    }

    /// One picture a slide.
    static func pictures(of slides: [Slide]) throws -> [Picture] {
        try slides.map { slide in
            let folder = try TemporaryFolder()
            var filters: [String] = []
            var top = slide.top
            for (index, line) in slide.lines.enumerated() {
                let size = index == 0 ? slide.size.title : slide.size.body
                let file = folder.path("\(index).txt")
                try line.write(toFile: file, atomically: true, encoding: .utf8)
                filters.append(
                    "drawtext=font='\(slide.font)':textfile=\(file):fontsize=\(size)"
                        + ":fontcolor=\(slide.ink):x=60:y=\(top):borderw=\(slide.outline)")
                top += size * 17 / 10
            }
            let source =
                slide.background ?? "color=c=\(slide.ground):s=\(width)x\(height):r=25:d=0.2"
            try ffmpeg([
                "-f", "lavfi", "-i", source, "-frames:v", "3", "-vf",
                (filters + ["format=yuv420p"]).joined(separator: ","), "-c:v", "libx264", "-preset",
                "veryfast", "-crf", "23", folder.path("video.mp4"),
            ])
            return try picture(ofVideoIn: folder)
        }
    }

    /// The first frame of what a source of ffmpeg shows.
    static func picture(ofSource source: String) throws -> Picture {
        let folder = try TemporaryFolder()
        try ffmpeg([
            "-f", "lavfi", "-i", source, "-frames:v", "3", "-pix_fmt", "yuv420p", "-c:v", "libx264",
            "-preset", "veryfast", "-crf", "23", folder.path("video.mp4"),
        ])
        return try picture(ofVideoIn: folder)
    }

    private static func picture(ofVideoIn folder: TemporaryFolder) throws -> Picture {
        try ffmpeg([
            "-i", folder.path("video.mp4"), "-frames:v", "1", "-s", "\(width)x\(height)", "-f",
            "rawvideo", "-pix_fmt", "rgb24", folder.path("pixels"),
        ])
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path("pixels"))))
        try #require(bytes.count == width * height * 3)
        return Picture(width: width, height: height, pixels: bytes)
    }

    private static func ffmpeg(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(
            process.terminationStatus == 0,
            "These tests need Debian's ffmpeg package and fonts: scripts/setup --for-tests")
    }
}
