package import Corpus

/// Reads subtitle files, forgiving what players forgive. Which format it is, the content tells:
/// SubStation Alpha (`SubStationScript`), Whisper's JSON (`WhisperTranscript`), or the two here.
///
/// SubRip and WebVTT are cues of a line of times (`00:01:02,500 --> 00:01:04,000`) and lines of text up to an
/// empty one; a line of times is what tells a cue, so numbers, headers, notes and styles before it
/// need no names of their own (SubRip has no standard; WebVTT: w3.org/TR/webvtt1).
package enum SubtitleFile {
    package static func passages(
        atPath path: String, language: String? = nil, limits: DecodingLimits = .default
    ) throws -> [Passage] {
        let file = try RegularFile(path: Array(path.utf8))
        let bytes = try file.readAll(maximum: limits.maximumSubtitleBytes)
        return try parse(bytes, name: path, language: language)
    }

    /// - Parameter name: of the file, for the message when there is nothing in it.
    package static func parse(
        _ bytes: [UInt8], name: String = "subtitles", language: String? = nil
    ) throws -> [Passage] {
        guard !bytes.isEmpty else { throw MediaError.emptyFile(file: name) }
        let text = SubtitleEncoding.utf8(bytes)
        if WhisperTranscript.looksRight(text) {
            guard let transcript = WhisperTranscript(text) else {
                throw MediaError.notSubtitles(file: name)
            }
            return transcript.passages(language: language)
        }
        if SubStationScript.looksRight(text) {
            guard let cues = SubStationScript.cues(in: text) else {
                throw MediaError.notSubtitles(file: name)
            }
            return mergedPassages(cues, language: language)
        }
        let (cues, sawTimes) = cues(in: text)
        guard sawTimes || bytes.isSmallHeader else { throw MediaError.notSubtitles(file: name) }
        return mergedPassages(cues, language: language)
    }

    static func cues(in text: [UInt8]) -> (cues: [SubtitleCue], sawTimes: Bool) {
        var parser = Parser()
        forEachLine(of: text) { parser.read(line: $0) }
        parser.endCue()
        return (parser.cues, parser.sawTimes)
    }

    /// Lines end with LF, CR LF or CR; the last one need not.
    static func forEachLine(of text: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.withUnsafeBufferPointer { buffer in
            var start = 0
            for index in buffer.indices {
                let byte = buffer[index]
                guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
                // CR LF is one line end: the LF is not another, empty line.
                if byte == UInt8(ascii: "\n"), index > 0, buffer[index - 1] == UInt8(ascii: "\r") {
                    start = index + 1
                    continue
                }
                body(UnsafeBufferPointer(rebasing: buffer[start..<index]))
                start = index + 1
            }
            body(UnsafeBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// `1:02:03,450`, `02:03.450`, `00:00:01`; what follows after a blank is ignored.
    static func seconds(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? { parseTime(text) }
}

extension [UInt8] {
    /// A WebVTT file without cues is in order.
    fileprivate var isSmallHeader: Bool {
        SubtitleEncoding.utf8(self).starts(with: Array("WEBVTT".utf8))
    }
}

private struct Parser {
    private(set) var cues: [SubtitleCue] = []
    private(set) var sawTimes = false
    private var times: (start: Double, end: Double)?
    private var text: [UInt8] = []
    /// Where the last line of the text begins: it may turn out to be the next cue's number.
    private var lastLineStart = 0

    mutating func read(line: UnsafeBufferPointer<UInt8>) {
        if let arrow = arrowPosition(in: line), let found = parseTimes(line, arrow: arrow) {
            // Without an empty line before it, the number of this cue was taken for text.
            if times != nil, text[lastLineStart...].allSatisfy(isDigitOrSpace) {
                text.removeSubrange(lastLineStart...)
            }
            endCue()
            sawTimes = true
            times = found
            return
        }
        guard times != nil else { return }
        guard line.contains(where: { !isSpace($0) && $0 != 0 }) else {
            // An empty line right under the times does not end the cue.
            if !text.isEmpty { endCue() }
            return
        }
        guard text.count < 8 * SubtitleText.maximumCharacters else { return }
        if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
        lastLineStart = text.count
        text.append(contentsOf: line.prefix(8 * SubtitleText.maximumCharacters))
    }

    mutating func endCue() {
        defer {
            times = nil
            text.removeAll(keepingCapacity: true)
            lastLineStart = 0
        }
        guard let times else { return }
        let lines = SubtitleText.lines(of: text)
        guard !lines.isEmpty, times.start < SubtitleCue.latestSeconds else { return }
        cues.append(
            SubtitleCue(
                startSeconds: times.start, endSeconds: min(times.end, SubtitleCue.latestSeconds),
                lines: lines))
    }
}

private func arrowPosition(in line: UnsafeBufferPointer<UInt8>) -> Int? {
    // Two times and their blanks come well before this.
    let most = min(line.count, 80)
    var index = 0
    while index + 2 < most {
        if line[index] == 0x2D, line[index + 1] == 0x2D, line[index + 2] == 0x3E { return index }
        index += 1
    }
    return nil
}

private func parseTimes(
    _ line: UnsafeBufferPointer<UInt8>, arrow: Int
) -> (start: Double, end: Double)? {
    guard let start = parseTime(line[..<arrow]), let end = parseTime(line[(arrow + 3)...]) else {
        return nil
    }
    return (start, end)
}

/// `1:02:03,450`, `02:03.450`, `00:00:01`; what follows after a blank (cue settings) is ignored.
private func parseTime(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var fields: [Double] = [0]
    var fraction = 0.0
    var weight = 0.0
    var digitCount = 0
    for byte in text.drop(while: isSpace) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digit = Double(byte - UInt8(ascii: "0"))
            digitCount += 1
            guard digitCount < 30 else { return nil }
            if weight > 0 {
                fraction += digit * weight
                weight /= 10
            } else {
                fields[fields.count - 1] = fields[fields.count - 1] * 10 + digit
            }
        case UInt8(ascii: ":") where weight == 0 && fields.count < 3:
            fields.append(0)
        case UInt8(ascii: ","), UInt8(ascii: "."):
            guard weight == 0 else { return nil }
            weight = 0.1
        case _ where isSpace(byte):
            return seconds(fields, fraction, digitCount)
        default:
            return nil
        }
    }
    return seconds(fields, fraction, digitCount)
}

private func seconds(_ fields: [Double], _ fraction: Double, _ digitCount: Int) -> Double? {
    guard fields.count >= 2, digitCount >= 2 else { return nil }
    return wholeMilliseconds(fields.reduce(0) { $0 * 60 + $1 } + fraction)
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func isDigitOrSpace(_ byte: UInt8) -> Bool {
    isSpace(byte) || (0x30...0x39).contains(byte) || byte == 0x0A
}
