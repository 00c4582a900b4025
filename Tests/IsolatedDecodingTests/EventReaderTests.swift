import Corpus
import Glibc
import MediaDecoding
import ScreenText
import TestSupport
import Testing

@testable import IsolatedDecoding

/// The program's reading of a process it does not trust.
struct EventReaderTests {
    @Test func everyEventArrivesAsItWasSent() throws {
        var kinds: [String] = []
        let failure = try SentBytes.wholeFile().read { event in
            switch event {
            case .opened(let description):
                kinds.append("opened")
                #expect(description == SentBytes.description)
            case .subtitles(let passages):
                kinds.append("subtitles")
                #expect(passages == SentBytes.passages)
            case .keyFrame(let keyFrame, let picture, let thumbnail, let screenText):
                kinds.append("keyFrame")
                #expect(keyFrame == SentBytes.frame.keyFrame)
                #expect(picture == Picture(width: 4, height: 2, pixels: [UInt8](0..<24)))
                #expect(thumbnail == [1, 2, 3] && screenText == [SentBytes.line])
            case .progress(let seconds):
                kinds.append("progress")
                #expect(seconds == 1)
            case .sound(let samples, let startSeconds):
                kinds.append("sound")
                #expect(Array(samples) == SentBytes.samples && startSeconds == 0.5)
            case .finished(let note):
                kinds.append("finished")
                #expect(note == "cut off")
            }
        }
        #expect(failure == nil)
        #expect(kinds == ["opened", "subtitles", "keyFrame", "progress", "sound", "finished"])
    }

    @Test func aFailureIsHandedOnInItsOwnWords() throws {
        var sent = SentBytes()
        let report = FailureReport(MediaError.emptyFile(file: "a.mp4"))
        sent.add(.failed, body: report.body)
        #expect(try sent.read() == report)
        #expect(report.kind == .badData && report.message.contains("is empty"))
        #expect(FailureReport(MediaError.outOfMemory(file: "a")).kind == .outOfMemory)
        #expect(FailureReport(MediaError.unreadable(file: "a", reason: "b")).kind == .unreadable)
    }

    private static func after(
        _ kind: Message.Kind, body: [UInt8] = [], bulk: [UInt8] = []
    ) -> SentBytes {
        var sent = SentBytes()
        sent.add(.opened, body: EventCoding.body(of: SentBytes.description))
        sent.add(kind, body: body, bulk: bulk)
        sent.add(.finished, body: EventCoding.body(ofNote: nil))
        return sent
    }

    private static func frame(
        _ change: (inout EventCoding.KeyFrameBody) -> Void, bulkBytes: Int = 27
    ) -> SentBytes {
        var frame = SentBytes.frame
        change(&frame)
        return after(
            .keyFrame, body: EventCoding.body(of: frame),
            bulk: [UInt8](repeating: 0, count: bulkBytes))
    }

    private static func raw(_ kind: UInt32, body: UInt32, bulk: UInt64) -> SentBytes {
        var writer = ByteWriter()
        writer.append(kind)
        writer.append(body)
        writer.append(bulk)
        return SentBytes(bytes: writer.bytes)
    }

    static let nonsense: [(what: String, sent: SentBytes)] = [
        ("kind 99", raw(99, body: 0, bulk: 0)), ("kind 0", raw(0, body: 0, bulk: 0)),
        ("a huge body", raw(4, body: .max, bulk: 0)),
        ("a huge bulk", raw(6, body: 0, bulk: .max)),
        ("a bulk past the limit", raw(6, body: 0, bulk: 256 << 20 + 1)),
        ("an opening with a bulk", raw(4, body: 0, bulk: 1)),
        ("a request", after(.request)), ("a late hello", after(.hello, body: [1, 1])),
        ("a second opening", after(.opened, body: EventCoding.body(of: SentBytes.description))),
        ("a sign of life with a body", after(.alive, body: [1])),
        ("a body too short", after(.progress, body: [1, 2, 3])),
        ("a body too long", after(.progress, body: [UInt8](repeating: 0, count: 9))),
        (
            "a time that is no number",
            after(.progress, body: EventCoding.body(ofNote: nil) + [0, 0, 0, 0, 0, 0xF8, 0x7F])
        ),
        ("text longer than its message", after(.finished, body: [1, 0xFF, 0xFF, 0, 0, 65])),
        ("text longer than any", after(.finished, body: [1, 0xFF, 0xFF, 0xFF, 0xFF, 65])),
        ("a flag of 2", after(.finished, body: [2])),
        ("passages without end", after(.subtitles, body: [1])),
        ("a passage of no source", after(.subtitles, body: [1, 1, 0, 0, 0, 65])),
        ("a picture of no pixels", frame({ $0.width = 0 }, bulkBytes: 3)),
        ("a picture wider than asked for", frame({ $0.width = 1281 }, bulkBytes: 3 + 1281 * 6)),
        ("fewer pixels than its size", frame({ _ in }, bulkBytes: 26)),
        ("more pixels than its size", frame({ _ in }, bulkBytes: 28)),
        ("a thumbnail past the bulk", frame({ $0.thumbnailBytes = 1 << 23 })),
        ("a body of pixels alone", after(.keyFrame, bulk: [1, 2, 3])),
        ("sound of 3 bytes", after(.sound, body: EventCoding.body(ofSeconds: 0), bulk: [1, 2, 3])),
        ("sound of nothing", after(.sound, body: EventCoding.body(ofSeconds: 0))),
        (
            "sound that is no number",
            after(
                .sound, body: EventCoding.body(ofSeconds: 0), bulk: SentBytes.bytes(of: [0, .nan]))
        ),
        (
            "infinite sound",
            after(
                .sound, body: EventCoding.body(ofSeconds: 0),
                bulk: SentBytes.bytes(of: [-.infinity]))
        ),
    ]

    @Test(arguments: nonsense.indices)
    func nonsenseIsRefused(index: Int) {
        let (what, sent) = Self.nonsense[index]
        #expect(throws: WireError.self, "\(what)") { try sent.read() }
    }

    @Test func whatNobodyAskedForIsRefused() {
        let whole = SentBytes.wholeFile()
        #expect(throws: WireError.self) { try whole.read(change: { $0.wantsSound = false }) }
        #expect(throws: WireError.self) { try whole.read(change: { $0.wantsKeyFrames = false }) }
        #expect(throws: WireError.self) { try whole.read(change: { $0.wantsSubtitles = false }) }
    }

    @Test func eventsBeforeTheOpeningAreRefused() {
        for kind in [Message.Kind.subtitles, .keyFrame, .progress, .sound, .finished] {
            var sent = SentBytes()
            sent.add(kind)
            #expect(throws: WireError.self) { try sent.read() }
        }
    }

    @Test func keyFramesComeInOrderAndNotWithoutEnd() throws {
        func frames(_ times: [Double]) -> SentBytes {
            var sent = SentBytes()
            sent.add(.opened, body: EventCoding.body(of: SentBytes.description))
            for time in times {
                var frame = SentBytes.frame
                frame.keyFrame.timeSeconds = time
                sent.add(
                    .keyFrame, body: EventCoding.body(of: frame),
                    bulk: [UInt8](repeating: 0, count: 27))
            }
            sent.add(.finished, body: EventCoding.body(ofNote: nil))
            return sent
        }
        #expect(try frames([0, 1, 1, 2]).read() == nil)
        #expect(throws: WireError.self) { try frames([0, 2, 1]).read() }
        var limits = WorkerLimits()
        limits.maximumKeyFrames = 3
        #expect(throws: WireError.self) { try frames([0, 1, 2, 3]).read(limits: limits) }
    }

    @Test func soundHasAnEnd() throws {
        var sent = SentBytes()
        sent.add(.opened, body: EventCoding.body(of: SentBytes.description))
        for second in 0..<3 {
            sent.add(
                .sound, body: EventCoding.body(ofSeconds: Double(second)),
                bulk: [UInt8](repeating: 0, count: 64_000))
        }
        sent.add(.finished, body: EventCoding.body(ofNote: nil))
        var limits = WorkerLimits()
        #expect(try sent.read(limits: limits) == nil)
        limits.maximumSoundSeconds = 2.5
        #expect(throws: WireError.self) { try sent.read(limits: limits) }
    }

    @Test func carelessTimesAndTextsAreMadeFitBeforeTheyAreSent() throws {
        let odd = [
            Passage(
                text: String(repeating: "北", count: 500_000), source: .subtitle,
                span: TimeSpan(startSeconds: -5, endSeconds: .infinity)),
            Passage(
                text: "x", source: .subtitle, span: TimeSpan(startSeconds: .nan, endSeconds: 1)),
        ]
        let read = try EventCoding.passages(EventCoding.body(of: odd))
        #expect(read.count == 2)
        #expect(read[0].span?.startSeconds == 0)
        #expect(read[0].span?.endSeconds == EventCoding.latestSeconds)
        #expect(read[0].text.utf8.count <= EventCoding.maximumTextBytes)
    }

    @Test func aStreamThatEndsInTheMiddleIsTold() {
        let whole = SentBytes.wholeFile().bytes
        for length in [0, 1, 15, 16, 40, whole.count / 2, whole.count - 1] {
            #expect(throws: MessageSource.Failure.ended) {
                try SentBytes(bytes: Array(whole.prefix(length))).read()
            }
        }
    }

    @Test func silenceIsNotWaitedForLongerThanAllowed() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var limits = WorkerLimits()
        limits.silentSeconds = 0.05
        var reader = EventReader(
            source: MessageSource(descriptor: ends[0]), request: DecodingRequest(path: "/a"),
            limits: limits)
        #expect(throws: MessageSource.Failure.overdue) { try reader.readFile { _ in } }
        #expect(!reader.isAtFileLimit)
    }

    /// Whatever bytes come, the reader returns or throws, and hands out nothing beyond its limits.
    @Test(arguments: 0..<20)
    func scratchedStreamsGiveAnErrorOrEvents(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let whole = SentBytes.wholeFile().bytes
        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                bytes.remove(at: Int.random(in: bytes.indices, using: &random))
            }
            do {
                _ = try SentBytes(bytes: bytes).read { event in
                    if case .sound(let samples, _) = event {
                        let areNumbers = samples.allSatisfy { $0.isFinite }
                        #expect(areNumbers)
                    }
                }
            } catch {
                #expect(error is WireError || error is MessageSource.Failure)
            }
        }
    }
}
