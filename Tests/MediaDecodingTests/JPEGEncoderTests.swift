import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct JPEGEncoderTests {
    private func gradient(width: Int, height: Int) -> Picture {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                // Slow enough for colours of half the resolution, in the narrowest picture too.
                pixels += [UInt8(60 + x * 2 % 180), UInt8(40 + y % 200), 128]
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    @Test(arguments: [(64, 48), (63, 47), (1, 1), (3, 200), (320, 180)])
    func whatIsWrittenReadsBackTheSame(width: Int, height: Int) throws {
        let picture = gradient(width: width, height: height)
        let bytes = try JPEGEncoder().encode(picture, quality: 95)
        #expect(bytes.starts(with: [0xFF, 0xD8]) && bytes.suffix(2) == [0xFF, 0xD9])
        let path = try SampleMedia.write("encoded-\(width)x\(height).jpg") { bytes }
        let read = try PictureReader().picture(of: MediaFile.open(path: path))
        #expect((read.width, read.height) == (width, height))
        #expect(meanDifference(read.pixels, picture.pixels) < 3)
    }

    @Test(arguments: [
        (640, 360, 320, 180), (360, 640, 180, 320), (100, 50, 100, 50), (9_000, 2, 320, 1),
    ])
    func largePicturesAreShrunk(width: Int, height: Int, outWidth: Int, outHeight: Int) throws {
        let bytes = try JPEGEncoder().encode(
            Picture(
                width: width, height: height,
                pixels: [UInt8](repeating: 90, count: width * height * 3)))
        let path = try SampleMedia.write("shrunk-\(width)x\(height).jpg") { bytes }
        let read = try PictureReader().picture(of: MediaFile.open(path: path))
        #expect((read.width, read.height) == (outWidth, outHeight))
        #expect(read.pixels.allSatisfy { abs(Int($0) - 90) <= 2 })
    }

    @Test func qualityCostsBytesAndEqualPicturesGiveEqualBytes() throws {
        let path = try SampleMedia.make(
            "busy.png", ["-f", "lavfi", "-i", "testsrc2=s=320x200:d=1", "-frames:v", "1"])
        let picture = try PictureReader().picture(of: MediaFile.open(path: path))
        let sizes = try [1, 40, 80, 100].map {
            try JPEGEncoder().encode(picture, quality: $0).count
        }
        #expect(sizes == sizes.sorted() && Set(sizes).count == 4)
        #expect(try JPEGEncoder().encode(picture) == JPEGEncoder().encode(picture))
    }
}
