import Corpus
import TestSupport
import Testing

@testable import ScreenText

struct ScreenTextReaderTests {
    @Test func theWordsOfSlidesAreRead() throws {
        let slides = (0..<12).map { SampleSlides.slide($0) }
        let reader = ScreenTextReader()
        var (found, total, strange) = (0, 0, 0)
        for (slide, picture) in zip(slides, try SampleSlides.pictures(of: slides)) {
            let lines = try reader.lines(in: picture)
            let read = SampleSlides.words(in: lines.map(\.text).joined(separator: " "))
            found += read.intersection(slide.words).count
            total += slide.words.count
            strange += read.subtracting(slide.words).count
            for line in lines {
                #expect(line.x >= 0 && line.x + line.width <= picture.width)
                #expect(line.y >= 0 && line.y + line.height <= picture.height)
                #expect((0...1).contains(line.confidence))
            }
        }
        #expect(Double(found) >= 0.95 * Double(total), "\(found) of \(total) words")
        #expect(strange <= total / 50, "\(strange) words that stand on no slide")
    }

    @Test func outlinedCaptionsOverMovingPicturesAreRead() throws {
        let ground =
            "nullsrc=s=1280x720:r=25,geq=lum='128+60*sin(X/23+T)*cos(Y/31-T)':cb=128:cr=110"
        let slide = SampleSlides.Slide(
            lines: ["winter journey across the island"], font: "DejaVu Sans", size: (40, 40),
            ground: "", ink: "white", background: ground, top: 620, outline: 3)
        let picture = try #require(try SampleSlides.pictures(of: [slide]).first)
        let lines = try ScreenTextReader().lines(in: picture)
        #expect(lines.map(\.text) == slide.lines)
        // Where it stands: the letters' height is some 30 pixels.
        let line = try #require(lines.first)
        #expect((600...640).contains(line.y) && (20...60).contains(line.height))
        #expect((40...70).contains(line.x))
    }

    @Test func theSamePictureGivesTheSameLines() throws {
        let pictures = try SampleSlides.pictures(of: [SampleSlides.slide(1), SampleSlides.slide(2)])
        let reader = ScreenTextReader()
        let first = try pictures.map { try reader.lines(in: $0) }
        let again = try pictures.map { try reader.lines(in: $0) }
        #expect(first == again)
        #expect(first.allSatisfy { !$0.isEmpty })
    }

    @Test(arguments: [
        "smptehdbars=s=1280x720:r=25",
        "rgbtestsrc=s=1280x720:r=25",
        "nullsrc=s=1280x720:r=25,geq=lum='128+60*sin(X/23)*cos(Y/31)':cb=128:cr=110",
        "life=s=640x360:r=25:mold=10:ratio=0.2:seed=5:death_color=#404040,scale=1280:720",
        "mandelbrot=s=1280x720:r=25",
    ])
    func picturesWithoutTextArePassedOver(source: String) throws {
        let picture = try SampleSlides.picture(ofSource: source)
        #expect(!TextLikelihood().mayHoldText(picture))
    }

    @Test(arguments: [(1, 1), (3, 700), (700, 3), (97, 49), (16, 16)])
    func picturesOfAnySizeAreLookedAt(width: Int, height: Int) throws {
        var random = SeededRandom(seed: 3)
        let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        let picture = Picture(width: width, height: height, pixels: pixels)
        #expect(try ScreenTextReader().lines(in: picture).isEmpty)
    }

    @Test func missingDataIsSaidOnceAndOnlyWhenItIsNeeded() throws {
        let reader = ScreenTextReader(languages: "xyz")
        let blank = Picture(
            width: 64, height: 64, pixels: [UInt8](repeating: 0, count: 64 * 64 * 3))
        #expect(try reader.lines(in: blank).isEmpty)
        let slide = try #require(try SampleSlides.pictures(of: [SampleSlides.slide(0)]).first)
        #expect(throws: ScreenTextError.missingLanguages(["xyz"], of: "xyz")) {
            try reader.lines(in: slide)
        }
        #expect(try reader.lines(in: slide).isEmpty)
    }
}
