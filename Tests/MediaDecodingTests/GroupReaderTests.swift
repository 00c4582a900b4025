import Corpus
import Testing

@testable import MediaDecoding

/// What the fast way leaves out, and what it must not leave out.
@Suite struct GroupReaderTests {
    private struct Seen {
        var times: [Double] = []
        var numbers: [Int] = []
        var links: [FrameSample.Link] = []
        var decoded = 0
        var all = 0
    }

    private func read(
        _ path: String, threads: Int = 2, limits: PacketGroup.Limits = .init()
    ) throws -> Seen {
        let media = try MediaFile.open(path: path)
        let reader = try GroupReader(
            media: media, streamIndex: try #require(media.mainVideoStream), threads: threads,
            groupLimits: limits)
        var seen = Seen()
        try reader.readFrames { sample in
            seen.times.append(sample.timeSeconds)
            seen.numbers.append(sample.number)
            seen.links.append(sample.link)
        }
        (seen.decoded, seen.all) = (reader.decodedFrameCount, reader.frameCount)
        #expect(reader.damage == nil)
        return seen
    }

    private func shots(_ path: String, threads: Int = 2) throws -> [Double] {
        try KeyFrameFinder(threads: threads).keyFrames(in: MediaFile.open(path: path)) { _, _ in }
            .shots.map(\.span.startSeconds)
    }

    /// Black turns to white on the third second; one group of pictures.
    private func changeAtThree(seconds: Int) throws -> String {
        try SampleMedia.make(
            "change-\(seconds).mp4",
            [
                "-f", "lavfi", "-i",
                "testsrc=s=160x120:r=10:d=\(seconds),"
                    + "drawbox=w=iw:h=ih:color=white:t=fill:enable='gte(t,3)'",
            ] + SampleMedia.fastH264 + ["-g", "9999", "-sc_threshold", "0"])
    }

    @Test func framesComeInOrderWithTheirNumbers() throws {
        let seen = try read(SampleMedia.cuts())
        #expect(seen.times == seen.times.sorted())
        #expect(seen.numbers == seen.times.map { Int(($0 * 25).rounded()) })
        #expect(seen.decoded == seen.times.count && seen.decoded < seen.all)
        #expect(seen.all == 200)
    }

    @Test(arguments: [1, 2, 3])
    func threadsChangeNothing(threads: Int) throws {
        let path = try SampleMedia.cuts()
        let (one, more) = (try read(path, threads: 1), try read(path, threads: threads))
        #expect(one.times == more.times && one.links == more.links)
    }

    @Test func aGroupIsDecodedUntilItHasBeenEvenForASecond() throws {
        let path = try changeAtThree(seconds: 12)
        let seen = try read(path)
        #expect(try shots(path).count == 2)
        let last = try #require(seen.times.last)
        #expect((3.5...6).contains(last))
        #expect(seen.all == 120)
    }

    /// A recording of a screen may have one key packet in all.
    @Test func aChangeInALongGroupIsNotPassedOver() throws {
        let path = try SampleMedia.make(
            "long-group.mp4",
            [
                "-f", "lavfi", "-i",
                "color=gray:s=160x120:r=10:d=100,"
                    + "drawbox=w=iw:h=ih:color=white:t=fill:enable='gte(t,80)'",
            ] + SampleMedia.fastH264 + ["-g", "9999", "-sc_threshold", "0"])
        let starts = try shots(path)
        #expect(starts.count == 2 && abs((starts.last ?? 0) - 80) < 0.25)
    }

    @Test func whatGoesOnEvenlyInAHeavyGroupIsLeftOut() throws {
        let path = try SampleMedia.make(
            "heavy.mp4",
            [
                "-f", "lavfi", "-i",
                "color=gray:s=320x240:r=25:d=8,noise=alls=20:allf=t,"
                    + "drawbox=w=iw:h=ih:color=white:t=fill:enable='gte(t,8)'",
                "-f", "lavfi", "-i", "color=black:s=320x240:r=25:d=2",
                "-filter_complex", "[0][1]concat",
            ] + SampleMedia.fastH264 + ["-force_key_frames", "8", "-g", "9999"])
        let limits = PacketGroup.Limits(packets: 600, bytes: 2_000_000)
        let (all, seen) = (try read(path), try read(path, limits: limits))
        #expect(seen.all == 250 && all.all == 250)
        #expect(seen.decoded < all.decoded / 2)
        // The black picture is known for another one by its key packet alone.
        let cuts = seen.links.indices.filter { seen.links[$0] == .cut }.map { seen.times[$0] }
        #expect(cuts.count == 1 && abs((cuts.first ?? 0) - 8) < 0.01)
    }

    @Test func aRecordingThatBeginsInTheMiddleIsRead() throws {
        let whole = try SampleMedia.make(
            "whole.ts",
            ["-i", try SampleMedia.cuts()] + SampleMedia.fastH264
                + ["-force_key_frames", "2,3.6,6", "-f", "mpegts"])
        let path = try SampleMedia.write("middle.ts") {
            // Packets have 188 bytes; the later shots' key packets are whole.
            Array(try SampleMedia.bytes(whole).dropFirst(24 * 188))
        }
        let media = try MediaFile.open(path: path)
        let summary = try KeyFrameFinder(threads: 2).keyFrames(in: media) { _, _ in }
        #expect(summary.keyFrameCount == 3)
    }
}
