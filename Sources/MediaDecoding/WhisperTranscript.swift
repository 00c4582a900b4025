import Corpus
import Glibc
import JSONText

/// A transcript as OpenAI's Whisper and its relatives write it: an object with `segments`, each of
/// `start` and `end` in seconds and `text`, and a `language`.
struct WhisperTranscript {
    private struct Segment {
        var span: TimeSpan
        var text: String
        var confidence: Double?
    }

    /// As the file says it; its own words for itself are not checked.
    private let language: String?
    private let segments: [Segment]

    /// Whether a text may be JSON at all.
    static func looksRight(_ text: [UInt8]) -> Bool {
        text.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
    }

    /// Whether a file is such a transcript, and not one of the many other things kept as JSON.
    static func isOne(atPath path: String) -> Bool {
        guard let file = try? RegularFile(path: Array(path.utf8)),
            let bytes = try? file.readAll(maximum: DecodingLimits.default.maximumSubtitleBytes)
        else { return false }
        return WhisperTranscript(SubtitleEncoding.utf8(bytes)) != nil
    }

    /// Nil when the text is no JSON, or has not this shape.
    init?(_ text: [UInt8]) {
        guard Self.looksRight(text), let root = try? JSONValue(parsing: text),
            case .array(let values)? = root["segments"],
            // Without segments, at least Whisper's other members.
            !values.isEmpty || (root["language"]?.string != nil && root["text"]?.string != nil)
        else { return nil }
        var segments: [Segment] = []
        for value in values {
            guard let start = value["start"]?.number, let end = value["end"]?.number,
                let text = value["text"]?.string, start.isFinite, end.isFinite
            else { return nil }
            let words = SubtitleText.lines(of: Array(text.utf8)).joined(separator: " ")
            guard !words.isEmpty, start < SubtitleCue.latestSeconds else { continue }
            let from = wholeMilliseconds(max(0, start))
            segments.append(
                Segment(
                    span: TimeSpan(
                        startSeconds: from,
                        endSeconds: wholeMilliseconds(min(end, SubtitleCue.latestSeconds))),
                    text: words,
                    confidence: value["avg_logprob"]?.number.flatMap(probability(ofLogarithm:))))
        }
        self.segments = segments.enumerated().sorted {
            ($0.element.span.startSeconds, $0.offset) < ($1.element.span.startSeconds, $1.offset)
        }.map(\.element)
        language = root["language"]?.string.flatMap { $0.utf8.count <= 12 ? $0 : nil }
    }

    /// - Parameter language: as the file's name says it, which wins.
    func passages(language named: String?) -> [Passage] {
        segments.map { segment in
            Passage(
                text: segment.text, source: .transcript, span: segment.span,
                language: named ?? language, confidence: segment.confidence)
        }
    }
}

/// A mean logarithm of token probabilities as one probability; nil when it is none.
private func probability(ofLogarithm logarithm: Double) -> Double? {
    guard logarithm.isFinite, logarithm <= 0 else { return nil }
    return exp(logarithm)
}
