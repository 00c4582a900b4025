import Corpus
import Foundation
import Testing

@testable import MediaDecoding

@Suite struct MediaFileTests {
    @Test func aVideoIsDescribed() throws {
        let media = try MediaFile.open(path: SampleMedia.withSound())
        #expect(media.kind == .video)
        #expect(abs(media.durationSeconds - 3) < 0.1)
        #expect(media.title == "A film in two lines")
        #expect(
            media.videoStreams == [
                VideoStream(
                    index: 0, codec: "h264", language: nil, width: 160, height: 120,
                    rotationDegrees: 0, sampleAspectRatio: 1, framesPerSecond: 10,
                    isDefault: true, isAttachedPicture: false)
            ])
        #expect(
            media.audioStreams == [
                AudioStream(
                    index: 1, codec: "aac", language: nil, sampleRate: 44_100, channelCount: 1,
                    isDefault: true)
            ])
        #expect(media.mainVideoStream == 0)
        #expect(media.mainAudioStream == 1)
    }

    @Test func soundWithCoverArtIsSound() throws {
        let cover = try SampleMedia.make(
            "cover.png", ["-f", "lavfi", "-i", "smptebars=s=32x32:d=1", "-frames:v", "1"])
        let path = try SampleMedia.make(
            "song.mp3",
            [
                "-f", "lavfi", "-i", "sine=d=2", "-i", cover, "-map", "0", "-map", "1", "-c:v",
                "copy", "-disposition:v", "attached_pic",
            ])
        let media = try MediaFile.open(path: path)
        #expect(media.kind == .audio)
        #expect(media.videoStreams.map(\.isAttachedPicture) == [true])
        #expect(media.mainVideoStream == nil)
        #expect(abs(media.durationSeconds - 2) < 0.1)
    }

    @Test(arguments: [
        "p.png", "p.jpg", "p.webp", "p.bmp", "p.tiff", "p.gif", "p.ppm", "p.apng",
    ])
    func pictureFilesArePictures(name: String) throws {
        let path = try SampleMedia.make(
            name, ["-f", "lavfi", "-i", "smptebars=s=64x48:d=1", "-frames:v", "1"])
        let media = try MediaFile.open(path: path)
        #expect(media.kind == .image)
        #expect(media.durationSeconds == 0)
        let picture = try PictureReader().picture(of: media)
        #expect(picture.width == 64 && picture.height == 48)
    }

    @Test(arguments: [
        "http:x.mp4", "img%03d.mp4", "-x.mp4", "concat:a.mp4|b.mp4", "a b\n\"c\".mp4", "ünï.mp4",
        "no-suffix", "wrong.jpg",
    ])
    func aNameMeansNothing(name: String) throws {
        let bytes = try SampleMedia.bytes(SampleMedia.withSound())
        let path = try SampleMedia.write(name) { bytes }
        #expect(try MediaFile.open(path: path).kind == .video)
    }

    @Test func aNameNeedNotBeUTF8() throws {
        let bytes = try SampleMedia.bytes(SampleMedia.withSound())
        let path = Array((SampleMedia.folder.path + "/").utf8) + [0xFF, 0xE9] + Array(".mp4".utf8)
        let descriptor = (path + [0]).withUnsafeBytes { name in
            name.withMemoryRebound(to: CChar.self) {
                open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600)
            }
        }
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        #expect(try MediaFile.open(pathBytes: path).kind == .video)
    }

    @Test(arguments: [Double(1 << 62), -5, 0, .nan, 1e300])
    func aLyingDurationIsMeasured(stated: Double) throws {
        let path = try SampleMedia.make(
            "honest.mkv",
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=3"] + SampleMedia.fastH264)
        let lying = try SampleMedia.write("lying\(stated).mkv") {
            var bytes = try SampleMedia.bytes(path)
            // Matroska's Duration: id 0x4489, size 8, a big-endian double of milliseconds.
            let place = try #require(
                bytes.indices.first { bytes[$0...].starts(with: [0x44, 0x89, 0x88]) })
            for (offset, shift) in stride(from: 56, through: 0, by: -8).enumerated() {
                bytes[place + 3 + offset] = UInt8(truncatingIfNeeded: stated.bitPattern >> shift)
            }
            return bytes
        }
        #expect(abs(try MediaFile.open(path: lying).durationSeconds - 3) < 0.11)
        let summary = try KeyFrameFinder().keyFrames(in: MediaFile.open(path: lying)) { _, _ in }
        #expect(summary.damage == nil)
    }

    @Test func theDefaultThenTheLargerFilmIsTheMainOne() throws {
        let path = try SampleMedia.make(
            "two.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=1", "-f", "lavfi", "-i",
                "testsrc2=s=128x96:r=5:d=1", "-map", "0", "-map", "1", "-disposition:v:0", "0",
                "-disposition:v:1", "0",
            ] + SampleMedia.fastH264)
        #expect(try MediaFile.open(path: path).mainVideoStream == 1)
        let marked = try SampleMedia.make(
            "two-marked.mkv",
            ["-i", path, "-map", "0", "-c", "copy", "-disposition:v:0", "default"])
        #expect(try MediaFile.open(path: marked).mainVideoStream == 0)
    }

    @Test func chaptersAndDescriptionsAreRead() throws {
        let list = try SampleMedia.write("chapters.txt") {
            Array(
                """
                ;FFMETADATA1
                title=Harbour
                artist=A. Sailor
                comment=Filmed from\u{7} the quay\\
                 in winter
                synopsis=A. Sailor
                description=\(String(repeating: "long ", count: 2_000))
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=1500
                title=Leaving
                [CHAPTER]
                TIMEBASE=1/1000
                START=1500
                END=3000
                title=Open  sea
                [CHAPTER]
                TIMEBASE=1/1000
                START=2900
                END=3000
                title=

                """.utf8)
        }
        let path = try SampleMedia.make(
            "chapters.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=3", "-f", "ffmetadata", "-i", list,
                "-map_metadata", "1", "-map_chapters", "1",
            ] + SampleMedia.fastH264)
        let media = try MediaFile.open(path: path)
        #expect(media.title == "Harbour")
        #expect(
            media.chapters == [
                Chapter(title: "Leaving", span: .init(startSeconds: 0, endSeconds: 1.5)),
                Chapter(title: "Open sea", span: .init(startSeconds: 1.5, endSeconds: 3)),
            ])
        #expect(media.descriptions.contains("Filmed from the quay in winter"))
        #expect(media.descriptions.filter { $0 == "A. Sailor" }.count == 1)
        #expect(media.descriptions.allSatisfy { $0.count <= 2_000 })
        #expect(media.descriptions.contains { $0.hasPrefix("long long") })
        #expect(try MediaFile.open(path: SampleMedia.cuts()).chapters.isEmpty)
    }
}
