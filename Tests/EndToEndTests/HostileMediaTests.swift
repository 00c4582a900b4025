import Corpus
import Foundation
import IsolatedDecoding
import MediaDecoding
import TestSupport
import Testing

/// Names, texts, bombs, stumps and lies, each read by a decoding process of the built program: the
/// file is refused, or kept in part, and the next one is read as if nothing had been.
@Suite(.serialized) struct HostileMediaTests {
    private static let worker = HostileMediaWorker()

    private enum Outcome: Equatable {
        case read(EventLog)
        case failed(IsolatedDecodingError)

        var log: EventLog? {
            if case .read(let log) = self { log } else { nil }
        }

        var error: IsolatedDecodingError? {
            if case .failed(let error) = self { error } else { nil }
        }

        /// Refused by the decoder in its own words: the process lives on.
        var isRefused: Bool {
            if case .failed(.refused(.badData, _)) = self { true } else { false }
        }
    }

    private func read(_ request: DecodingRequest) throws -> Outcome {
        try Self.worker.use { worker in
            do {
                var request = request
                request.wantsSound = true
                return .read(try EventLog(request, with: worker))
            } catch let error as IsolatedDecodingError {
                return .failed(error)
            }
        }
    }

    private func read(_ path: String) throws -> Outcome { try read(DecodingRequest(path: path)) }

    private func read(bytes: [UInt8], named name: String) throws -> Outcome {
        try read(try MediaFolder.write(name, bytes))
    }

    // MARK: V1: names

    @Test(arguments: [
        "http:x.mp4", "https:__example.org_x.mp4", "a:b.mp4", "-x.mp4", "img%03d.mp4", "*.mp4",
        "concat:a|b.mp4", "file:x.mp4", "pipe:0", "data:video;base64,AAAA", "subfile,,:x.mp4",
        "crypto:x.mp4", "tcp:__127.0.0.1:9", "x y\nz.mp4", "film.mp4?x=1#t", "%s%n.mp4",
    ])
    func namesMeanNothing(name: String) throws {
        let folder = try TemporaryFolder()
        let plain = try EventLog(
            DecodingRequest(path: try MediaFolder.film()), with: InProcessDecoder())
        try FileManager.default.copyItem(
            atPath: try MediaFolder.film(), toPath: folder.path(name))
        let log = try #require(try read(folder.path(name)).log)
        #expect(log.keyFrames == plain.keyFrames && log.pictures == plain.pictures)
    }

    @Test func aNumberedPictureIsThatPictureAlone() throws {
        let folder = try TemporaryFolder()
        let picture = try MediaFolder.make(
            "numbered.jpg", ["-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1"])
        for name in ["img%03d.jpg", "img001.jpg", "img002.jpg"] {
            try FileManager.default.copyItem(atPath: picture, toPath: folder.path(name))
            let log = try #require(try read(folder.path(name)).log)
            #expect(log.opened?.kind == .image && log.keyFrames.count == 1)
        }
    }

    @Test func aNameThatIsNotUTF8IsRead() throws {
        let folder = try TemporaryFolder()
        let name: [UInt8] = [0x66, 0xFF, 0xC3, 0x28, 0x80] + Array(".mp4".utf8)
        let path = Array(folder.path("").utf8) + name
        let bytes = try MediaFolder.bytes(MediaFolder.film())
        let descriptor = (path + [0]).withUnsafeBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o600) }
                ?? -1
        }
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        #expect(try read(DecodingRequest(path: path)).log?.isFinished == true)
    }

    // MARK: V2, V3: files that lead to other files

    @Test(arguments: HostileTexts.all)
    func textsAreRefused(name: String, text: String) throws {
        #expect(try read(bytes: Array(text.utf8), named: name).isRefused)
    }

    @Test func samplesInAnotherFileAreNotFollowed() throws {
        let arguments = [
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=1", "-c:v", "mjpeg", "-an",
        ]
        let whole = try MediaFolder.make("whole.mov", arguments)
        #expect(try read(whole).log?.keyFrames.isEmpty == false)
        let other = try MediaFolder.make("other.mov", arguments)
        let outcome = try read(
            bytes: HostileMedia.mp4(MediaFolder.bytes(whole), samplesIn: other),
            named: "led-away.mov")
        #expect(outcome.log == nil, "\(outcome)")
        #expect(outcome.isRefused)
    }

    // MARK: V4: bombs

    @Test func hugePicturesAreTooLarge() throws {
        let small = try MediaFolder.make(
            "small.jpg", ["-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1"])
        for (name, bytes) in [
            ("huge.png", HostileMedia.png(side: 16_384)),
            ("vast.png", HostileMedia.png(side: 0x7FFF_FFFF)),
            ("huge.jpg", HostileMedia.jpeg(try MediaFolder.bytes(small), side: 16_384)),
        ] {
            let outcome = try read(bytes: bytes, named: name)
            #expect(outcome.isRefused, "\(name): \(outcome)")
        }
        let outcome = try read(bytes: HostileMedia.png(side: 12_000), named: "too-large.png")
        #expect(outcome.error?.description.contains("12000 × 12000 pixels") == true, "\(outcome)")
    }

    @Test func manyFramesAreCutDown() throws {
        let outcome = try read(bytes: HostileMedia.gif(frameCount: 20_000), named: "many.gif")
        let log = try #require(outcome.log)
        #expect(log.isFinished && log.keyFrames.count <= 20 * 34)
    }

    // MARK: V5: stumps

    @Test(arguments: ["mp4", "mkv", "gif", "png"], [0, 1, 4, 8, 100, 700, -2, -4])
    func stumpsAreRefusedOrKeptInPart(kind: String, length: Int) throws {
        let whole =
            switch kind {
            case "mp4": try MediaFolder.bytes(MediaFolder.film())
            case "mkv": try MediaFolder.bytes(MediaFolder.matroska())
            case "gif": HostileMedia.gif(frameCount: 100)
            default: try MediaFolder.bytes(MediaFolder.picture())
            }
        // Below zero: a part of the whole.
        let kept = length >= 0 ? min(length, whole.count) : whole.count / -length
        let outcome = try read(
            bytes: Array(whole.prefix(kept)), named: "stump\(length).\(kind)")
        switch outcome {
        case .read(let log): #expect(log.isFinished && kept > 8)
        case .failed(let error): #expect(outcome.isRefused, "\(error)")
        }
        if kept <= 8 { #expect(outcome.isRefused) }
        if kind == "mp4", length == -2 { #expect(outcome.log?.note != nil, "\(outcome)") }
    }

    @Test func withoutItsIndexAFilmIsTold() throws {
        let whole = try MediaFolder.make(
            "index-last.mp4",
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=2", "-c:v", "libx264", "-an"])
        let bytes = try MediaFolder.bytes(whole)
        let outcome = try read(bytes: Array(bytes.prefix(bytes.count / 2)), named: "no-index.mp4")
        #expect(outcome.error?.description.contains("its index (moov) is missing") == true)
    }

    // MARK: V6: odd files

    static let odd: [(name: String, arguments: [String])] = [
        ("odd-size.mp4", video("testsrc2=s=61x47:r=10:d=1", "-pix_fmt", "yuv444p")),
        (
            "one-pixel.mkv",
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=1,format=gray,crop=1:1", "-c:v", "ffv1"]
        ),
        ("thin.mkv", ["-f", "lavfi", "-i", "testsrc2=s=2000x2:r=5:d=1", "-c:v", "ffv1"]),
        ("ten-bit.mp4", video("testsrc2=s=64x48:r=10:d=1", "-pix_fmt", "yuv420p10le")),
        ("alpha.png", picture("testsrc2=s=64x48:d=1,format=rgba,colorchannelmixer=aa=0.3")),
        ("sixteen-bit.png", picture("testsrc2=s=64x48:d=1,format=rgba64be")),
        ("grey.png", picture("testsrc2=s=64x48:d=1,format=gray")),
        ("two-tone.png", picture("testsrc2=s=64x48:d=1,format=monob")),
        ("only-sound.mp4", ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"]),
        ("no-sound.mp4", video("testsrc2=s=64x48:r=10:d=1")),
        ("one-frame.mp4", video("testsrc2=s=64x48:r=10:d=0.1")),
        ("eight-channels.flac", ["-f", "lavfi", "-i", "anullsrc=cl=7.1:r=192000:d=0.5"]),
        (
            "starts-late.mkv",
            ["-itsoffset", "5"] + video("testsrc2=s=64x48:r=10:d=1", "-copyts")
        ),
        (
            "varying-rate.mkv",
            video("testsrc2=s=64x48:r=30:d=2,select='gt(random(1),0.5)'", "-vsync", "vfr")
        ),
        ("slow.mkv", video("testsrc2=s=64x48:r=1/20:d=100")),
    ]

    private static func video(_ source: String, _ options: String...) -> [String] {
        ["-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast"] + options
    }

    private static func picture(_ source: String) -> [String] {
        ["-f", "lavfi", "-i", source, "-frames:v", "1"]
    }

    @Test(arguments: odd)
    func oddFilesAreReadAsTheyAreHere(name: String, arguments: [String]) throws {
        let path = try MediaFolder.make(name, arguments)
        var request = DecodingRequest(path: path)
        request.wantsSound = true
        let log = try #require(try read(request).log)
        #expect(log == (try EventLog(request, with: InProcessDecoder())))
        #expect(log.keyFrames.map(\.timeSeconds) == log.keyFrames.map(\.timeSeconds).sorted())
        #expect(log.keyFrames.count > 0 || log.opened?.kind == .audio)
    }

    @Test func aPictureThatChangesItsSizeIsRead() throws {
        var bytes: [UInt8] = []
        for size in ["64x48", "160x120", "32x96"] {
            let part = try MediaFolder.make(
                "part-\(size).ts", Self.video("testsrc2=s=\(size):r=10:d=1", "-f", "mpegts"))
            bytes += try MediaFolder.bytes(part)
        }
        let log = try #require(try read(bytes: bytes, named: "changing.ts").log)
        #expect(log.isFinished && log.keyFrames.count >= 1)
    }

    /// Times of 2^62 and of nothing, in the headers that state lengths.
    @Test(arguments: ["mvhd", "tkhd", "mdhd"], [0xFF, 0x7F, 0x00] as [UInt8])
    func lengthsThatLieAreNotBelieved(box: String, byte: UInt8) throws {
        let offset = box == "tkhd" ? 20 : 16
        let film = try MediaFolder.bytes(MediaFolder.film())
        let outcome = try read(
            bytes: HostileMedia.mp4(
                film, box: box, offset: offset, value: [UInt8](repeating: byte, count: 4)),
            named: "lying-\(box)-\(byte).mp4")
        let log = try #require(outcome.log)
        #expect((1...3).contains(log.opened?.durationSeconds ?? 0), "\(log.opened as Any)")
        #expect(log.keyFrames.count >= 1)
    }

    // MARK: V7: too much of everything

    @Test func tooManyStreamsAreRefused() throws {
        let path = try MediaFolder.make(
            "streams.mkv",
            ["-f", "lavfi", "-i", "sine=d=0.1"]
                + (0..<70).flatMap { _ in ["-map", "0"] } + ["-c:a", "pcm_s16le"])
        #expect(try read(path).isRefused)
    }

    @Test func longTitlesAreCut() throws {
        let metadata = try MediaFolder.write(
            "metadata.txt",
            Array((";FFMETADATA1\ntitle=" + String(repeating: "long ", count: 400_000)).utf8))
        let path = try MediaFolder.make(
            "long-title.mkv",
            ["-f", "lavfi", "-i", "sine=d=1", "-i", metadata, "-map_metadata", "1"])
        let log = try #require(try read(path).log)
        #expect((1...300).contains(log.opened?.title?.count ?? 0))
    }

    // MARK: V9: scratches

    @Test(arguments: ["mp4", "mkv", "png", "jpg", "gif", "webp", "ts", "mp3"])
    func scratchedFilesCostThemselvesAtMost(kind: String) throws {
        let whole =
            switch kind {
            case "mp4": try MediaFolder.film()
            case "mkv": try MediaFolder.matroska()
            case "mp3": try MediaFolder.make("scratch.mp3", ["-f", "lavfi", "-i", "sine=d=1"])
            case "ts":
                try MediaFolder.make("scratch.ts", Self.video("testsrc2=s=64x48:r=10:d=1"))
            case "gif":
                try MediaFolder.make(
                    "scratch.gif", ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=1"])
            default: try MediaFolder.picture("scratch.\(kind)")
            }
        let bytes = try MediaFolder.bytes(whole)
        let folder = try TemporaryFolder()
        let path = folder.path("scratched.\(kind)")
        for seed in 0..<40 {
            var random = SeededRandom(seed: UInt64(seed))
            var scratched = bytes
            // Half of the scratches lie in the headers.
            let reach = seed % 2 == 0 ? min(bytes.count, 1_000) : bytes.count
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                scratched[Int.random(in: 0..<reach, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            try Data(scratched).write(to: URL(fileURLWithPath: path))
            if let log = try read(path).log {
                #expect(log.isFinished)
                #expect((0...3e6).contains(log.opened?.durationSeconds ?? -1))
            }
        }
        #expect(try read(try MediaFolder.picture()).log?.keyFrames.count == 1)
    }
}

/// One decoding process for all these files, used by one test at a time.
final class HostileMediaWorker: @unchecked Sendable {
    // `lock` guards `worker`.
    private let lock = NSLock()
    private let worker: DecodingWorker = {
        var limits = WorkerLimits()
        limits.silentSeconds = 60
        return DecodingWorker(executable: BuiltProgram.path.path, limits: limits)
    }()

    func use<Result>(_ body: (DecodingWorker) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(worker)
    }
}
