import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct KeyFrameFinderTests {
    struct Found {
        var keyFrames: [KeyFrame] = []
        var pictures: [Picture] = []
        var summary = KeyFrameSummary()
        var times: [Double] { keyFrames.map(\.timeSeconds) }
    }

    private func find(
        _ path: String, settings: KeyFrameSettings = .init(), threads: Int = 1
    ) throws -> Found {
        var found = Found()
        found.summary = try KeyFrameFinder(threads: threads).keyFrames(
            in: MediaFile.open(path: path), settings: settings
        ) { keyFrame, picture in
            found.keyFrames.append(keyFrame)
            found.pictures.append(picture)
        }
        return found
    }

    @Test(arguments: [KeyFrameMethod.fast, .thorough], [1, 2])
    func everyCutIsFoundAndNothingElse(method: KeyFrameMethod, threads: Int) throws {
        var settings = KeyFrameSettings()
        settings.method = method
        let found = try find(SampleMedia.cuts(), settings: settings, threads: threads)
        let starts = [0, 2, 3.6, 6]
        #expect(found.times.count == 4)
        #expect(found.summary.shots.map(\.transition) == [.start, .cut, .cut, .cut])
        for (index, keyFrame) in found.keyFrames.enumerated() {
            let shot = try #require(keyFrame.shot)
            // Frames that no other needs are left out by the fast way: a cut may be seen late.
            #expect(abs(shot.startSeconds - starts[index]) < 0.13)
            #expect(shot.startSeconds...shot.endSeconds ~= keyFrame.timeSeconds)
        }
        try expectSpansCoverTheVideo(found)
        #expect(found.keyFrames.dropFirst().allSatisfy { $0.difference > 12 })
        #expect(found.keyFrames.first?.frame == 0)
        #expect(found.summary.frameCount == 200)
        #expect(method == .fast || found.summary.decodedFrameCount == 200)
        #expect(found.summary.keyFrameCount == 4)
        #expect(abs(found.summary.decodedSeconds - 8) < 0.05)
        #expect(found.summary.damage == nil)
        // The frame belongs to its time.
        for keyFrame in found.keyFrames {
            #expect(abs(Double(keyFrame.frame) / 25 - keyFrame.timeSeconds) < 1e-3)
        }
    }

    private func expectSpansCoverTheVideo(_ found: Found) throws {
        let spans = try found.keyFrames.map { try #require($0.shot) }
        #expect(spans.first?.startSeconds == 0)
        #expect(spans.last?.endSeconds == found.summary.decodedSeconds)
        for (span, next) in zip(spans, spans.dropFirst()) {
            #expect(span.endSeconds == next.startSeconds)
        }
    }

    @Test func twoRunsGiveTheSame() throws {
        let first = try find(SampleMedia.cuts(), threads: 1)
        let second = try find(SampleMedia.cuts(), threads: 2)
        #expect(first.keyFrames == second.keyFrames)
        #expect(first.pictures == second.pictures)
    }

    @Test func progressIsTold() throws {
        var told: [Double] = []
        _ = try KeyFrameFinder().keyFrames(
            in: MediaFile.open(path: SampleMedia.cuts()), progress: { told.append($0) },
            { _, _ in })
        #expect(told.count == 7)
        #expect(told == told.sorted())
    }

    @Test func theCallerMayStop() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try KeyFrameFinder().keyFrames(in: MediaFile.open(path: SampleMedia.cuts())) { _, _ in
                throw Stop()
            }
        }
        #expect(throws: Stop.self) {
            try KeyFrameFinder().keyFrames(
                in: MediaFile.open(path: SampleMedia.cuts()), progress: { _ in throw Stop() },
                { _, _ in })
        }
    }

    @Test func aStillVideoIsShownOnceAMinute() throws {
        let path = try SampleMedia.make(
            "still.mp4",
            ["-f", "lavfi", "-i", "color=c=0x808080:s=64x48:r=2:d=130"] + SampleMedia.fastH264)
        #expect(try find(path).times == [0, 60, 120])
    }

    /// Few frames of that size are held at a time, but the first always is.
    @Test func theFirstShotOfALargePictureBeginsWithIt() throws {
        let path = try SampleMedia.make(
            "large.mp4",
            ["-f", "lavfi", "-i", "testsrc2=s=3840x2160:r=5:d=4"] + SampleMedia.fastH264)
        #expect(try find(path).keyFrames.first?.shot?.startSeconds == 0)
    }

    /// Three slides of 4 s: eight small boxes each on one ground, and a cursor that never rests.
    private func slides(groupFrames: Int) throws -> String {
        let boxes = (0..<24).map { index in
            let (slide, box) = (index / 8, index % 8)
            return "drawbox=x=\(40 + box * 70 + slide * 17):y=\(60 + box % 3 * 80):w=14:h=10"
                + ":color=black:t=fill:enable='between(t,\(slide * 4),\(slide * 4 + 3).95)'"
        }
        return try SampleMedia.make(
            "slides-\(groupFrames).mp4",
            [
                "-filter_complex",
                "color=c=white:s=640x360:r=10:d=12,\(boxes.joined(separator: ","))[a];"
                    + "color=c=red:s=10x10:r=10:d=12[b];"
                    + "[a][b]overlay=x='200+100*sin(t*3)':y=320,format=yuv420p",
            ] + SampleMedia.fastH264 + ["-g", "\(groupFrames)", "-sc_threshold", "0"])
    }

    @Test(arguments: [KeyFrameMethod.fast, .thorough], [20, 30])
    func eachSlideOnTheSameGroundHasItsKeyFrame(method: KeyFrameMethod, groupFrames: Int) throws {
        var settings = KeyFrameSettings()
        settings.method = method
        let found = try find(slides(groupFrames: groupFrames), settings: settings)
        #expect(found.times.map { Int($0 / 4) } == [0, 1, 2])
        try expectSpansCoverTheVideo(found)
    }

    @Test func aSlowFadeHasKeyFramesWithoutAnyCut() throws {
        let path = try SampleMedia.make(
            "fade.mp4",
            ["-f", "lavfi", "-i", "color=c=white:s=64x48:r=25:d=10,fade=t=in:d=10"]
                + SampleMedia.fastH264)
        let found = try find(path)
        #expect(found.summary.shots.count == 1)
        #expect((3...4).contains(found.times.count))
        #expect(found.keyFrames.allSatisfy { $0.difference < 12 })
        try expectSpansCoverTheVideo(found)
        let lengths = found.keyFrames.dropLast().compactMap { $0.shot?.durationSeconds }
        #expect(lengths.allSatisfy { $0 >= 2.5 - 1e-6 })
    }

    @Test func aMinuteKeepsAtMostSoMany() throws {
        // A new shot every second.
        let path = try SampleMedia.make(
            "restless.mp4",
            [
                "-f", "lavfi", "-i",
                "color=black:s=64x48:r=10:d=20,geq=lum='mod(floor(T)*77+40,220)':cb=128:cr=128",
            ] + SampleMedia.fastH264)
        let all = try find(path)
        #expect(all.times.count == 20)
        var settings = KeyFrameSettings()
        settings.maximumPerMinute = 5
        let some = try find(path, settings: settings)
        #expect(some.times.count == 5)
        #expect(some.times.first == 0)
        #expect(Set(some.times).isSubset(of: Set(all.times)))
    }

    @Test(arguments: [
        (
            "ten-bit.mkv", "testsrc2=s=128x72:r=5:d=1",
            ["-c:v", "libx265", "-pix_fmt", "yuv420p10le"]
        ),
        ("odd.webm", "testsrc2=s=101x57:r=5:d=1", ["-c:v", "libvpx-vp9", "-b:v", "200k"]),
        ("lossless.mkv", "testsrc2=s=128x72:r=5:d=1", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
        ("alpha.mov", "testsrc2=s=128x72:r=5:d=1", ["-c:v", "qtrle", "-pix_fmt", "argb"]),
        ("old.avi", "testsrc2=s=128x72:r=5:d=1", ["-c:v", "mpeg4"]),
        ("motion.avi", "testsrc2=s=128x72:r=5:d=1", ["-c:v", "mjpeg"]),
        ("stream.ts", "testsrc2=s=128x72:r=25:d=1", ["-c:v", "mpeg2video"]),
        ("tiny.mkv", "testsrc2=s=2x2:r=5:d=1", ["-c:v", "ffv1"]),
        ("moving.gif", "testsrc2=s=128x72:r=5:d=1", []),
    ])
    func everySortOfPixelsIsRead(name: String, source: String, coding: [String]) throws {
        let path = try SampleMedia.make(
            name, ["-f", "lavfi", "-i", source] + coding)
        let media = try MediaFile.open(path: path)
        #expect(media.kind == .video)
        let found = try find(path)
        #expect(found.summary.frameCount >= 5)
        #expect(found.summary.damage == nil)
        let picture = try #require(found.pictures.first)
        let stream = try #require(media.videoStreams.first)
        #expect(picture.width == stream.width && picture.height == stream.height)
        // What ffmpeg itself makes of that frame.
        let frame = try #require(found.keyFrames.first).frame
        let scale =
            "select=eq(n\\,\(frame)),scale=flags=area+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24"
        let reference = try SampleMedia.make(
            name + ".rgb", ["-i", path, "-frames:v", "1", "-vf", scale, "-f", "rawvideo"])
        #expect(try meanDifference(picture.pixels, SampleMedia.bytes(reference)) < 4)
    }

    @Test func aChangeOfSizeInTheMiddleIsFollowed() throws {
        let small = try SampleMedia.make(
            "small.ts", ["-f", "lavfi", "-i", "smptebars=s=64x48:r=10:d=1"] + SampleMedia.fastH264)
        let large = try SampleMedia.make(
            "large.ts",
            ["-f", "lavfi", "-i", "rgbtestsrc=s=128x96:r=10:d=1"] + SampleMedia.fastH264)
        let joined = try SampleMedia.write("joined.ts") {
            try SampleMedia.bytes(small) + SampleMedia.bytes(large)
        }
        let found = try find(joined)
        #expect(found.summary.frameCount == 20)
        #expect(found.pictures.map(\.width) == [64, 128])
        // The second file starts its clock again; ours goes on.
        #expect(found.times.count == 2 && found.times[1] >= 0.9 && found.times[1] < 1.6)
        #expect(found.summary.decodedSeconds > 1.8 && found.summary.decodedSeconds < 2.3)
    }

    @Test func changingFrameRatesKeepTheirTimes() throws {
        // Frames at 0 … 1 s, then one at 5 s and on.
        let path = try SampleMedia.make(
            "variable.mkv",
            [
                "-f", "lavfi", "-i",
                "color=black:s=64x48:r=10:d=2,geq=lum='if(lt(T,1),40,200)':cb=128:cr=128,"
                    + "setpts='if(lt(T,1),PTS,PTS+4/TB)'",
                "-vsync", "vfr",
            ] + SampleMedia.fastH264)
        let found = try find(path)
        #expect(found.times.count == 2)
        #expect(found.times.last.map { abs($0 - 5.1) < 0.11 } == true)
    }

    @Test func aTruncatedFileGivesWhatItHasAndSaysSo() throws {
        let whole = try SampleMedia.bytes(SampleMedia.cuts())
        let path = try SampleMedia.write("cut-off.mp4") { Array(whole.prefix(whole.count / 2)) }
        let found = try find(path)
        #expect(found.times.first == 0)
        #expect(found.summary.frameCount > 20 && found.summary.frameCount < 199)
        #expect(found.summary.isDamaged)
        guard case .endsEarly(let reached, let stated)? = found.summary.damage else {
            Issue.record("not told as cut off: \(String(describing: found.summary.damage))")
            return
        }
        #expect(reached < 7 && abs(stated - 8) < 0.1)
        #expect(
            found.summary.damage?.description
                == "The file is cut off: it ends after 0:00:0\(Int(reached.rounded())) of 0:00:08. "
                + "What was there is used; copy or download it again for the rest.")
    }

    @Test func brokenPacketsAreSkippedAndCounted() throws {
        let whole = try SampleMedia.bytes(SampleMedia.cuts())
        let path = try SampleMedia.write("scratched.mp4") {
            var bytes = whole
            // In the middle of the coded pictures; the index lies at the front.
            for index in (bytes.count / 2)..<(bytes.count / 2 + 4_000) { bytes[index] ^= 0x5A }
            return bytes
        }
        let found = try find(path)
        #expect(found.times.first == 0)
        #expect(found.summary.isDamaged)
    }

    @Test func aFrameLimitStopsThePass() throws {
        var limits = DecodingLimits()
        limits.maximumFrames = 60
        let summary = try KeyFrameFinder().keyFrames(
            in: MediaFile.open(path: SampleMedia.cuts(), limits: limits)
        ) { _, _ in }
        #expect(summary.frameCount == 60)
        #expect(summary.damage == .stopped(atSeconds: summary.decodedSeconds))
    }

    @Test func soundHasNoKeyFrames() throws {
        let path = try SampleMedia.make("tone.wav", ["-f", "lavfi", "-i", "sine=d=1"])
        #expect(throws: MediaError.noStreams(file: path, wanted: "video")) { try find(path) }
    }
}

/// Mean absolute difference, 0…255; infinite when the sizes differ.
func meanDifference(_ left: [UInt8], _ right: [UInt8]) -> Double {
    guard left.count == right.count, !left.isEmpty else { return .infinity }
    let sum = zip(left, right).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(left.count)
}
