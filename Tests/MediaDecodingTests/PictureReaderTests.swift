import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct PictureReaderTests {
    private func read(_ path: String, longSide: Int = 640) throws -> Picture {
        try PictureReader().picture(of: MediaFile.open(path: path), longSide: longSide)
    }

    /// Red, green, blue and white corners as letters, in reading order.
    private func corners(_ picture: Picture) -> String {
        let places = [
            (picture.width / 4, picture.height / 4), (picture.width * 3 / 4, picture.height / 4),
            (picture.width / 4, picture.height * 3 / 4),
            (picture.width * 3 / 4, picture.height * 3 / 4),
        ]
        return places.map { x, y in
            let at = (y * picture.width + x) * 3
            return switch picture.pixels[at..<(at + 3)].map({ $0 > 128 }) {
            case [true, false, false]: "R"
            case [false, true, false]: "G"
            case [false, false, true]: "B"
            case [true, true, true]: "W"
            default: "?"
            }
        }.joined()
    }

    @Test(arguments: [(0, "RGBW"), (90, "GWRB"), (180, "WBGR"), (270, "BRWG")])
    func rotatedVideosStandUpright(degrees: Int, expected: String) throws {
        let stored = try SampleMedia.make(
            "corners.mp4",
            ["-filter_complex", SampleMedia.corners + ",format=yuv444p"] + SampleMedia.fastH264)
        // ffmpeg 5.1 counts this tag's turn anticlockwise.
        let path = try SampleMedia.make(
            "turned\(degrees).mp4",
            ["-i", stored, "-c", "copy", "-metadata:s:v", "rotate=\(degrees)"])
        let picture = try read(path)
        #expect(corners(picture) == expected)
        #expect((picture.width > picture.height) == (degrees % 180 == 0))
        #expect(
            try MediaFile.open(path: path).videoStreams.first?.rotationDegrees == (360 - degrees)
                % 360)
        // The same as ffmpeg's own upright picture.
        let reference = try SampleMedia.make(
            "turned\(degrees).rgb",
            ["-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24"])
        #expect(try meanDifference(picture.pixels, SampleMedia.bytes(reference)) < 3)
    }

    @Test(arguments: [
        (1, "RGBW"), (2, "GRWB"), (3, "WBGR"), (4, "BWRG"), (5, "RBGW"), (6, "BRWG"), (7, "WGBR"),
        (8, "GWRB"),
    ])
    func photographsAreTurnedByTheirCamerasTag(orientation: UInt8, expected: String) throws {
        let plain = try SampleMedia.make(
            "photo.jpg",
            [
                "-filter_complex", SampleMedia.corners + ",format=yuvj444p", "-frames:v", "1",
                "-q:v", "2",
            ])
        let path = try SampleMedia.write("photo\(orientation).jpg") {
            let bytes = try SampleMedia.bytes(plain)
            // An APP1 segment with one TIFF entry: tag 0x0112, one SHORT.
            let tiff: [UInt8] =
                Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0]
                + [orientation, 0, 0, 0, 0, 0, 0]
            let body = Array("Exif\0\0".utf8) + tiff
            let length = UInt8(body.count + 2)
            return Array(bytes.prefix(2)) + [0xFF, 0xE1, 0, length] + body + bytes.dropFirst(2)
        }
        let picture = try read(path)
        #expect(corners(picture) == expected)
        #expect((picture.width, picture.height) == (orientation < 5 ? (64, 32) : (32, 64)))
    }

    @Test(arguments: [("2/1", 128, 64), ("1/2", 64, 128), ("1/1", 64, 64)])
    func pixelsBecomeSquare(ratio: String, width: Int, height: Int) throws {
        let path = try SampleMedia.make(
            "aspect-\(width)x\(height).mp4",
            ["-f", "lavfi", "-i", "smptebars=s=64x64:r=5:d=1,setsar=\(ratio)"]
                + SampleMedia.fastH264)
        let picture = try read(path)
        #expect((picture.width, picture.height) == (width, height))
    }

    @Test(arguments: [(640, 400, 200), (100, 100, 50), (1, 1, 1)])
    func largePicturesAreShrunk(longSide: Int, width: Int, height: Int) throws {
        let path = try SampleMedia.make(
            "wide.png", ["-f", "lavfi", "-i", "testsrc2=s=400x200:d=1", "-frames:v", "1"])
        let picture = try read(path, longSide: longSide)
        #expect((picture.width, picture.height) == (width, height))
    }

    @Test func transparencyIsWhite() throws {
        let path = try SampleMedia.make(
            "clear.png",
            [
                "-f", "lavfi", "-i", "color=c=red@0.0:s=16x16:d=1,format=rgba", "-frames:v", "1",
            ])
        #expect(try read(path).pixels.allSatisfy { $0 == 255 })
    }

    /// The same grey and colours whether stored as BT.601 or 709, full or limited range.
    @Test(arguments: ["bt709:tv", "bt709:pc", "smpte170m:tv", "smpte170m:pc"])
    func coloursComeBackAsTheyWere(coding: String) throws {
        let parts = coding.split(separator: ":").map(String.init)
        let path = try SampleMedia.make(
            "colour-\(parts[0])-\(parts[1]).mkv",
            [
                "-f", "lavfi", "-i",
                "color=c=0xC86432:s=64x64:r=5:d=1,format=rgb24,"
                    + "scale=out_color_matrix=\(parts[0]):out_range=\(parts[1]),format=yuv444p",
                "-c:v", "ffv1", "-colorspace", parts[0], "-color_range", parts[1],
            ])
        let picture = try read(path)
        let expected: [UInt8] = [0xC8, 0x64, 0x32]
        for (value, wanted) in zip(picture.pixels.prefix(3), expected) {
            #expect(abs(Int(value) - Int(wanted)) <= 3)
        }
    }
}
