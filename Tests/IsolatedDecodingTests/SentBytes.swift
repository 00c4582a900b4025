import Corpus
import Foundation
import Glibc
import ScreenText
import TestSupport

@testable import IsolatedDecoding

/// What a decoding process sends, made here, so that it can be spoilt.
struct SentBytes {
    var bytes: [UInt8] = []

    mutating func add(
        _ kind: Message.Kind, body: [UInt8] = [], bulk: [UInt8] = []
    ) {
        let header = Message.Header(kind: kind, bodyBytes: body.count, bulkBytes: bulk.count)
        bytes += header.bytes + body + bulk
    }

    static let description = MediaDescription(
        kind: .video, durationSeconds: 3, title: "A film", hasSound: true,
        texts: [
            Passage(
                text: "Chapter one", source: .chapter,
                span: TimeSpan(startSeconds: 0, endSeconds: 1.5), language: "en")
        ])
    static let passages = [
        Passage(
            text: "Grüß Gott, 北京 🚗", source: .subtitle,
            span: TimeSpan(startSeconds: 0.25, endSeconds: 1), language: "de"),
        Passage(text: "", source: .transcript, confidence: 0.5),
    ]
    static let line = RecognizedLine(
        text: "EXIT", confidence: 0.9, x: 1, y: 2, width: 3, height: 4)
    static let frame = EventCoding.KeyFrameBody(
        keyFrame: KeyFrame(
            timeSeconds: 1, frame: 25, difference: 12.5,
            shot: TimeSpan(startSeconds: 0.5, endSeconds: 2)),
        width: 4, height: 2, thumbnailBytes: 3, screenText: [line])
    static let samples: [Float] = [0, 0.5, -1, 0.25]

    /// A file with one of everything.
    static func wholeFile() -> SentBytes {
        var sent = SentBytes()
        sent.add(.opened, body: EventCoding.body(of: description))
        sent.add(.subtitles, body: EventCoding.body(of: passages))
        sent.add(.alive)
        sent.add(.keyFrame, body: EventCoding.body(of: frame), bulk: [1, 2, 3] + [UInt8](0..<24))
        sent.add(.progress, body: EventCoding.body(ofSeconds: 1))
        sent.add(.sound, body: EventCoding.body(ofSeconds: 0.5), bulk: bytes(of: samples))
        sent.add(.finished, body: EventCoding.body(ofNote: "cut off"))
        return sent
    }

    static func bytes(of samples: [Float]) -> [UInt8] { samples.withUnsafeBytes { Array($0) } }

    /// What the program makes of it.
    @discardableResult
    func read(
        limits: WorkerLimits = WorkerLimits(),
        _ receive: (DecodingEvent) throws -> Void = { _ in },
        change: (inout DecodingRequest) -> Void = { _ in }
    ) throws -> FailureReport? {
        let folder = try TemporaryFolder()
        let path = folder.path("sent")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var request = DecodingRequest(path: "/film.mp4")
        request.wantsSound = true
        change(&request)
        var reader = EventReader(
            source: MessageSource(descriptor: descriptor), request: request, limits: limits)
        return try reader.readFile(receive)
    }
}
