import Corpus
import MediaDecoding
import ScreenText

/// The bodies of messages that carry events: written by the decoding process, read and checked by
/// the program.
enum EventCoding {
    /// Longest time on an asset's time line, in seconds: a year.
    static let latestSeconds = 31_622_400.0
    static let maximumTextBytes = 1 << 20
    static let maximumPassages = 4_000_000
    static let maximumLines = 10_000
    /// Pixels; text may be read in an enlarged picture.
    static let maximumSide = 1 << 16
    /// Bytes of passages after which the rest is left out.
    private static let passageBytes = Message.maximumBodyBytes / 2

    // MARK: Opened

    static func body(of description: MediaDescription) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(description.kind.rawValue)
        writer.append(clamped(description.durationSeconds))
        writer.append(description.title) { $0.append(shortened($1)) }
        writer.append(description.hasSound)
        append(description.texts, to: &writer)
        return writer.bytes
    }

    static func description(_ body: [UInt8]) throws -> MediaDescription {
        var reader = ByteReader(body)
        let name = try reader.text(upTo: 16, "kind")
        guard let kind = AssetKind(rawValue: name) else {
            throw WireError(detail: "a file of kind \(name)")
        }
        let description = MediaDescription(
            kind: kind,
            durationSeconds: try reader.double(in: 0...latestSeconds, "a length"),
            title: try reader.optional { try $0.text(upTo: maximumTextBytes, "title") },
            hasSound: try reader.flag(), texts: try passages(from: &reader))
        try reader.finish()
        return description
    }

    // MARK: Passages

    static func body(of passages: [Passage]) -> [UInt8] {
        var writer = ByteWriter()
        append(passages, to: &writer)
        return writer.bytes
    }

    static func passages(_ body: [UInt8]) throws -> [Passage] {
        var reader = ByteReader(body)
        let passages = try passages(from: &reader)
        try reader.finish()
        return passages
    }

    /// Each passage after a flag, then a flag that there are no more.
    private static func append(_ passages: [Passage], to writer: inout ByteWriter) {
        for passage in passages.prefix(maximumPassages) {
            guard writer.bytes.count < passageBytes else { break }
            writer.append(true)
            writer.append(passage.source.rawValue)
            writer.append(shortened(passage.text))
            writer.append(passage.span) {
                $0.append(clamped($1.startSeconds))
                $0.append(clamped($1.endSeconds))
            }
            writer.append(passage.language) { $0.append(shortened($1)) }
            writer.append(passage.confidence) { $0.append($1) }
        }
        writer.append(false)
    }

    private static func passages(from reader: inout ByteReader) throws -> [Passage] {
        var passages: [Passage] = []
        while try reader.flag() {
            let name = try reader.text(upTo: 32, "source")
            guard let source = PassageSource(rawValue: name), passages.count < maximumPassages
            else { throw WireError(detail: "a passage of source \(name)") }
            passages.append(
                Passage(
                    text: try reader.text(upTo: maximumTextBytes, "text"), source: source,
                    span: try reader.optional(span),
                    language: try reader.optional { try $0.text(upTo: 64, "language") },
                    confidence: try reader.optional { try $0.double(in: 0...1, "a confidence") }))
        }
        return passages
    }

    private static func span(_ reader: inout ByteReader) throws -> TimeSpan {
        let start = try reader.double(in: 0...latestSeconds, "a start")
        return TimeSpan(
            startSeconds: start,
            endSeconds: try reader.double(in: start...max(start, latestSeconds), "an end"))
    }

    // MARK: Key frames

    /// All of a key frame but its thumbnail and pixels, which follow as the bulk in this order.
    struct KeyFrameBody: Equatable {
        var keyFrame: KeyFrame
        var width: Int
        var height: Int
        var thumbnailBytes: Int
        var screenText: [RecognizedLine]

        var pixelBytes: Int { width * height * 3 }
    }

    static func body(of frame: KeyFrameBody) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(clamped(frame.keyFrame.timeSeconds))
        writer.append(UInt64(max(0, frame.keyFrame.frame)))
        writer.append(min(clamped(frame.keyFrame.difference), 255))
        writer.append(frame.keyFrame.shot) {
            $0.append(clamped($1.startSeconds))
            $0.append(clamped($1.endSeconds))
        }
        writer.append(UInt32(frame.width))
        writer.append(UInt32(frame.height))
        writer.append(UInt32(frame.thumbnailBytes))
        let lines = frame.screenText.prefix(maximumLines)
        writer.append(UInt32(lines.count))
        for line in lines {
            writer.append(shortened(line.text))
            writer.append(min(max(line.confidence, 0), 1))
            for number in [line.x, line.y, line.width, line.height] {
                writer.append(UInt32(min(max(0, number), maximumSide)))
            }
        }
        return writer.bytes
    }

    /// - Parameter longSide: most pixels of the longer side.
    static func keyFrame(_ body: [UInt8], longSide: Int) throws -> KeyFrameBody {
        var reader = ByteReader(body)
        let time = try reader.double(in: 0...latestSeconds, "a time")
        let position: UInt64 = try reader.integer()
        guard let position = Int(exactly: position) else {
            throw WireError(detail: "frame \(position)")
        }
        let difference = try reader.double(in: 0...255, "a difference")
        let shot = try reader.optional(span)
        let width = try reader.count(upTo: longSide, "pixels of width")
        let height = try reader.count(upTo: longSide, "pixels of height")
        guard width > 0, height > 0 else { throw WireError(detail: "a picture without pixels") }
        let thumbnailBytes = try reader.count(upTo: 16 << 20, "bytes of thumbnail")
        let lineCount = try reader.count(upTo: maximumLines, "lines of text")
        var lines: [RecognizedLine] = []
        for _ in 0..<lineCount {
            let text = try reader.text(upTo: maximumTextBytes, "text")
            let confidence = try reader.double(in: 0...1, "a confidence")
            lines.append(
                RecognizedLine(
                    text: text, confidence: confidence,
                    x: try reader.count(upTo: maximumSide, "pixels"),
                    y: try reader.count(upTo: maximumSide, "pixels"),
                    width: try reader.count(upTo: maximumSide, "pixels"),
                    height: try reader.count(upTo: maximumSide, "pixels")))
        }
        try reader.finish()
        return KeyFrameBody(
            keyFrame: KeyFrame(
                timeSeconds: time, frame: position, difference: difference, shot: shot),
            width: width, height: height, thumbnailBytes: thumbnailBytes, screenText: lines)
    }

    // MARK: The rest

    static func body(ofSeconds seconds: Double) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(seconds < 0 ? -clamped(-seconds) : clamped(seconds))
        return writer.bytes
    }

    static func seconds(_ body: [UInt8]) throws -> Double {
        var reader = ByteReader(body)
        let seconds = try reader.double(in: -latestSeconds...latestSeconds, "a time")
        try reader.finish()
        return seconds
    }

    static func body(ofNote note: String?) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(note) { $0.append(shortened($1)) }
        return writer.bytes
    }

    static func note(_ body: [UInt8]) throws -> String? {
        var reader = ByteReader(body)
        let note = try reader.optional { try $0.text(upTo: maximumTextBytes, "note") }
        try reader.finish()
        return note
    }

    /// Careless files have cues that end after years, or never.
    private static func clamped(_ seconds: Double) -> Double {
        seconds > 0 ? min(seconds, latestSeconds) : 0
    }

    /// What a reader of `maximumTextBytes` accepts; nearly always the text itself.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= maximumTextBytes
            ? text : String(decoding: text.utf8.prefix(maximumTextBytes - 3), as: UTF8.self)
    }
}
