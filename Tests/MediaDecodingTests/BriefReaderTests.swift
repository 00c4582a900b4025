import Corpus
import Testing

@testable import MediaDecoding

@Suite struct BriefReaderTests {
    /// A minute and a half of a moving picture, a key packet every two seconds.
    private func film() throws -> String {
        try SampleMedia.make(
            "brief.mp4",
            ["-f", "lavfi", "-i", "testsrc=s=160x120:r=5:d=90", "-g", "10"] + SampleMedia.fastH264)
    }

    @Test func aFilmIsLookedAtNowAndThen() throws {
        var settings = KeyFrameSettings()
        settings.method = .brief
        var times: [Double] = []
        let summary = try KeyFrameFinder().keyFrames(
            in: MediaFile.open(path: try film()), settings: settings
        ) { keyFrame, _ in times.append(keyFrame.timeSeconds) }
        #expect(times == times.sorted())
        #expect((5...10).contains(times.count), "\(times)")
        #expect((times.last ?? 0) > 60)
        // 450 frames were passed over by seeking.
        #expect(summary.decodedFrameCount <= 12)
        #expect(summary.damage == nil)
    }

    @Test func aShortVideoIsReadAsUsual() throws {
        var settings = KeyFrameSettings()
        settings.method = .brief
        let summary = try KeyFrameFinder().keyFrames(
            in: MediaFile.open(path: SampleMedia.cuts()), settings: settings
        ) { _, _ in }
        #expect(summary.shots.count == 4)
    }
}
