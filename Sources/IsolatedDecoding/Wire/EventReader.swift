import Corpus
import Glibc
import MediaDecoding

/// Reads the events of one file from a process that is not trusted: sizes, counts, order and times
/// are checked before anything is made of them.
struct EventReader {
    let source: MessageSource
    let request: DecodingRequest
    let limits: WorkerLimits
    /// Whether anything of this file has arrived.
    private(set) var hasBegun = false
    private var isOpened = false
    private var hasSubtitles = false
    private var keyFrameCount = 0
    private var lastKeyFrameSeconds = 0.0
    private var soundSeconds = 0.0
    /// Time spent waiting for this file, in seconds.
    private var waitedSeconds = 0.0
    private var samples: [Float] = []

    init(source: MessageSource, request: DecodingRequest, limits: WorkerLimits) {
        self.source = source
        self.request = request
        self.limits = limits
    }

    /// Whether the file's own limit ends the waiting before the limit of silence does.
    var isAtFileLimit: Bool { limits.fileSeconds - waitedSeconds < limits.silentSeconds }

    /// - Returns: why the file could not be read, if the process says so and is ready for another.
    mutating func readFile(_ receive: (DecodingEvent) throws -> Void) throws -> FailureReport? {
        while true {
            let start = monotonicSeconds()
            let deadline = start + min(limits.silentSeconds, limits.fileSeconds - waitedSeconds)
            let header = try Message.Header(
                source.bytes(Message.headerBytes, deadline: deadline))
            hasBegun = true
            let body = try source.bytes(header.bodyBytes, deadline: deadline)
            let message = try message(header, body, deadline: deadline)
            waitedSeconds += monotonicSeconds() - start
            switch message {
            case .sign: continue
            case .failure(let report): return report
            case .samples(let seconds):
                try samples.withUnsafeBufferPointer {
                    try receive(.sound($0, startSeconds: seconds))
                }
            case .event(let event):
                try receive(event)
                if case .finished = event { return nil }
            }
        }
    }

    private enum Content {
        case sign
        case event(DecodingEvent)
        /// In `samples`.
        case samples(startSeconds: Double)
        case failure(FailureReport)
    }

    private mutating func message(
        _ header: Message.Header, _ body: [UInt8], deadline: Double
    ) throws -> Content {
        switch header.kind {
        case .keyFrame, .sound: break
        default:
            guard header.bulkBytes == 0 else {
                throw WireError(detail: "a \(header.kind) with pixels")
            }
        }
        switch header.kind {
        case .alive:
            guard body.isEmpty else { throw WireError(detail: "a sign of life with a body") }
            return .sign
        case .failed:
            return .failure(try FailureReport(body))
        case .opened:
            guard !isOpened else { throw WireError(detail: "a second opening") }
            isOpened = true
            return .event(.opened(try EventCoding.description(body)))
        case .request, .hello:
            throw WireError(detail: "a \(header.kind) out of place")
        default:
            guard isOpened else { throw WireError(detail: "a \(header.kind) before the opening") }
        }
        switch header.kind {
        case .subtitles:
            guard request.wantsSubtitles, !hasSubtitles else {
                throw WireError(detail: "subtitles nobody asked for")
            }
            hasSubtitles = true
            return .event(.subtitles(try EventCoding.passages(body)))
        case .keyFrame:
            return .event(try keyFrame(header, body, deadline: deadline))
        case .progress:
            return .event(.progress(seconds: try EventCoding.seconds(body)))
        case .sound:
            try readSamples(header.bulkBytes, deadline: deadline)
            return .samples(startSeconds: try EventCoding.seconds(body))
        default:
            return .event(.finished(note: try EventCoding.note(body)))
        }
    }

    private mutating func keyFrame(
        _ header: Message.Header, _ body: [UInt8], deadline: Double
    ) throws -> DecodingEvent {
        guard request.wantsKeyFrames, keyFrameCount < limits.maximumKeyFrames else {
            throw WireError(detail: "more key frames than asked for")
        }
        let frame = try EventCoding.keyFrame(
            body, longSide: max(1, request.keyFrameSettings.pictureLongSide))
        guard header.bulkBytes == frame.thumbnailBytes + frame.pixelBytes else {
            throw WireError(
                detail: "\(header.bulkBytes) bytes for \(frame.width) × \(frame.height) pixels")
        }
        guard frame.keyFrame.timeSeconds >= lastKeyFrameSeconds else {
            throw WireError(detail: "key frames out of order")
        }
        keyFrameCount += 1
        lastKeyFrameSeconds = frame.keyFrame.timeSeconds
        let thumbnail = try source.bytes(frame.thumbnailBytes, deadline: deadline)
        let pixels = try source.bytes(frame.pixelBytes, deadline: deadline)
        return .keyFrame(
            frame.keyFrame, Picture(width: frame.width, height: frame.height, pixels: pixels),
            thumbnail: thumbnail, screenText: frame.screenText)
    }

    private mutating func readSamples(_ byteCount: Int, deadline: Double) throws {
        let count = byteCount / MemoryLayout<Float>.stride
        guard request.wantsSound, count > 0, count <= 10 * AudioReader.sampleRate,
            byteCount == count * MemoryLayout<Float>.stride
        else { throw WireError(detail: "\(byteCount) bytes of sound") }
        soundSeconds += Double(count) / Double(AudioReader.sampleRate)
        guard soundSeconds <= limits.maximumSoundSeconds else {
            throw WireError(detail: "\(Int(soundSeconds)) seconds of sound")
        }
        if samples.count > count { samples.removeLast(samples.count - count) }
        if samples.count < count {
            samples.append(contentsOf: repeatElement(0, count: count - samples.count))
        }
        var hasOddities: UInt32 = 0
        try samples.withUnsafeMutableBytes { bytes in
            try source.fill(bytes, deadline: deadline)
            // An exponent of all ones is an infinity or no number, and would spoil every sum.
            for word in bytes.bindMemory(to: UInt32.self) {
                hasOddities |= (word & 0x7F80_0000) == 0x7F80_0000 ? 1 : 0
            }
        }
        guard hasOddities == 0 else { throw WireError(detail: "sound that is no number") }
    }
}
