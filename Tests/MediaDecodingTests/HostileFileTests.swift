import Corpus
import Foundation
import TestSupport
import Testing

@testable import MediaDecoding

@Suite struct HostileFileTests {
    private func failure(_ path: String, limits: DecodingLimits = .default) -> MediaError? {
        do {
            _ = try MediaFile.open(path: path, limits: limits)
            return nil
        } catch {
            return error as? MediaError
        }
    }

    @Test func anEmptyFileIsToldAsEmpty() throws {
        let path = try SampleMedia.write("empty.mp4") { [] }
        #expect(failure(path) == .emptyFile(file: path))
        #expect(
            failure(path)?.description
                == "“\(path)” is empty (0 bytes). Copy or download it again.")
    }

    @Test func aMissingFileIsToldWithTheSystemsReason() {
        let path = SampleMedia.folder.path + "/nothing-here.mp4"
        #expect(failure(path) == .unreadable(file: path, reason: "No such file or directory"))
        #expect(
            failure(path)?.description
                == "“\(path)” cannot be read: No such file or directory. "
                + "Check the path and its permissions.")
    }

    @Test func foldersPipesAndDevicesAreRefusedWithoutWaiting() throws {
        let pipe = SampleMedia.folder.path + "/pipe.mp4"
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, SampleMedia.folder.path, "/dev/null", "/dev/zero"] {
            #expect(failure(path) == .notARegularFile(file: path))
        }
        #expect(failure("a\0b.mp4")?.description.contains("zero byte") == true)
    }

    @Test(arguments: HostileTexts.all)
    func textsAreRefusedWhateverTheirName(name: String, text: String) throws {
        // What a playlist would open lies beside it.
        _ = try SampleMedia.withSound()
        let path = try SampleMedia.write(name) { Array(text.utf8) }
        switch failure(path) {
        case .notMedia, .unsupportedFormat: break
        case let other: Issue.record("\(name): \(String(describing: other))")
        }
    }

    @Test func anMP4WithoutItsIndexIsToldAsCutOff() throws {
        let whole = try SampleMedia.make(
            "index-last.mp4",
            ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=3"] + SampleMedia.fastH264)
        let bytes = try SampleMedia.bytes(whole)
        let path = try SampleMedia.write("no-index.mp4") { Array(bytes.prefix(bytes.count / 2)) }
        #expect(
            failure(path)?.description
                == "“\(path)” is damaged or cut off: it begins like an mp4 but its index (moov) "
                + "is missing or broken. Copy or download it again.")
    }

    @Test(arguments: [1, 8, 20, 100, 500, 900])
    func shortBeginningsNeverCrash(length: Int) throws {
        for source in [try SampleMedia.withSound(), try SampleMedia.cuts()] {
            let bytes = try SampleMedia.bytes(source)
            let name = "short\(length)-\(source.hashValue).mp4"
            let path = try SampleMedia.write(name) { Array(bytes.prefix(length)) }
            #expect(failure(path) != nil)
        }
    }

    @Test(arguments: 0..<12)
    func scratchedHeadersGiveAnErrorOrAResult(seed: Int) throws {
        let bytes = try SampleMedia.bytes(SampleMedia.withSound())
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        let path = try SampleMedia.write("scratched\(seed).mp4") {
            var bytes = bytes
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // The index lies in the first kilobytes.
                bytes[Int(state >> 33) % 3_000] = UInt8(truncatingIfNeeded: state >> 20)
            }
            return bytes
        }
        guard let media = try? MediaFile.open(path: path) else { return }
        #expect(media.durationSeconds >= 0 && media.durationSeconds < 3e6)
        do {
            var last = -1.0
            _ = try KeyFrameFinder().keyFrames(in: media) { keyFrame, _ in
                #expect(keyFrame.timeSeconds > last)
                last = keyFrame.timeSeconds
            }
            try AudioReader().samples(of: media) { _, _ in }
        } catch {
            #expect(error is MediaError)
        }
    }

    @Test func tooManyPixelsAreRefusedBeforeTheyAreDecoded() throws {
        var limits = DecodingLimits()
        limits.maximumPixels = 10_000
        let film = try SampleMedia.withSound()
        #expect(
            failure(film, limits: limits)
                == .tooLarge(file: film, width: 160, height: 120, maximumPixels: 10_000))
        for name in ["large.png", "large.jpg", "large.webp", "large.bmp"] {
            let path = try SampleMedia.make(
                name, ["-f", "lavfi", "-i", "smptebars=s=320x200:d=1", "-frames:v", "1"])
            #expect(
                throws: MediaError.tooLarge(
                    file: path, width: 320, height: 200, maximumPixels: 10_000)
            ) {
                try PictureReader().picture(of: MediaFile.open(path: path, limits: limits))
            }
        }
    }

    @Test func tooManyStreamsAreRefused() throws {
        var limits = DecodingLimits()
        limits.maximumStreams = 1
        let path = try SampleMedia.withSound()
        #expect(failure(path, limits: limits)?.description.contains("more than 1 streams") == true)
    }

    @Test func aDamagedPictureIsToldAsDamaged() throws {
        let whole = try SampleMedia.make(
            "whole.png", ["-f", "lavfi", "-i", "testsrc2=s=320x200:d=1", "-frames:v", "1"])
        let path = try SampleMedia.write("half.png") {
            try Array(SampleMedia.bytes(whole).prefix(60))
        }
        #expect(throws: MediaError.self) {
            try PictureReader().picture(of: MediaFile.open(path: path))
        }
    }

    @Test func reachingTheTimeLimitKeepsWhatThereIs() throws {
        var limits = DecodingLimits()
        limits.passSeconds = 0
        let path = try SampleMedia.cuts()
        let media = try MediaFile.open(path: path, limits: limits)
        #expect(throws: MediaError.timedOut(file: path, seconds: 0)) {
            try KeyFrameFinder().keyFrames(in: media) { _, _ in }
        }
        limits.passSeconds = 60
        limits.stallSeconds = -1
        #expect(
            failure(try SampleMedia.cuts(), limits: limits)?.description.contains("gave nothing")
                == true)
    }

    @Test func controlCharactersInNamesStayOutOfMessages() {
        let message = MediaError.emptyFile(file: "a\u{1B}[31m\nb").description
        #expect(message == "“a\\u{1B}[31m\\nb” is empty (0 bytes). Copy or download it again.")
    }
}
