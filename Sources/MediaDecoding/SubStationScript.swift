/// Reads SubStation Alpha scripts, .ssa and .ass: of their sections, the events, whose fields stand
/// in the order that a line of format names.
enum SubStationScript {
    /// Whether a text begins as scripts do, or has their section of events.
    static func looksRight(_ text: [UInt8]) -> Bool {
        let head = String(decoding: text.prefix(4_000), as: UTF8.self).lowercased()
        let start = head.drop { $0.isWhitespace }
        return start.hasPrefix("[script info]") || start.hasPrefix("[v4")
            || start.hasPrefix("[events]")
    }

    /// Nil when there is no section of events.
    static func cues(in text: [UInt8]) -> [SubtitleCue]? {
        var parser = Parser()
        SubtitleFile.forEachLine(of: text) { parser.read(line: $0) }
        return parser.sawEvents ? parser.cues : nil
    }

    private struct Parser {
        private(set) var cues: [SubtitleCue] = []
        private(set) var sawEvents = false
        private var isInEvents = false
        /// Places of the fields; as version 4 has them until a line of format says otherwise.
        private var start = 1
        private var end = 2
        private var fieldCount = 10

        mutating func read(line: UnsafeBufferPointer<UInt8>) {
            guard line.count < 8 * SubtitleText.maximumCharacters + 400 else { return }
            if line.first == UInt8(ascii: "[") {
                let section = String(decoding: line, as: UTF8.self).lowercased()
                isInEvents = section.hasPrefix("[events]")
                sawEvents = sawEvents || isInEvents
            } else if isInEvents, let fields = value(of: "format:", in: line) {
                readFormat(String(decoding: fields, as: UTF8.self))
            } else if isInEvents, let fields = value(of: "dialogue:", in: line) {
                readEvent(fields)
            }
        }

        private mutating func readFormat(_ line: String) {
            let names = line.lowercased().split(
                separator: ",", omittingEmptySubsequences: false
            ).map { $0.drop { $0 == " " }.prefix { $0 != " " } }
            // The text comes last: it may hold commas.
            guard names.last == "text", let start = names.firstIndex(of: "start"),
                let end = names.firstIndex(of: "end")
            else { return }
            (self.start, self.end, fieldCount) = (start, end, names.count)
        }

        private mutating func readEvent(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
            let fields = line.split(
                separator: UInt8(ascii: ","), maxSplits: fieldCount - 1,
                omittingEmptySubsequences: false)
            guard fields.count == fieldCount, let text = fields.last,
                let from = SubtitleFile.seconds(fields[start]),
                let to = SubtitleFile.seconds(fields[end]), from < SubtitleCue.latestSeconds,
                !isDrawing(text)
            else { return }
            let lines = SubtitleText.lines(of: Array(text), hasEscapes: true)
            guard !lines.isEmpty else { return }
            cues.append(
                SubtitleCue(
                    startSeconds: from, endSeconds: min(to, SubtitleCue.latestSeconds),
                    lines: lines))
        }

        /// `{\p1}m 0 0 l 100 0`: the letters are the strokes of a picture.
        private func isDrawing(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
            var rest = text
            while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
                rest = rest[(backslash + 1)...]
                if rest.first == UInt8(ascii: "p"), let digit = rest.dropFirst().first,
                    (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(digit)
                {
                    return true
                }
            }
            return false
        }

        private func value(
            of name: String, in line: UnsafeBufferPointer<UInt8>
        ) -> Slice<UnsafeBufferPointer<UInt8>>? {
            let start = line.prefix(name.utf8.count)
            guard start.count == name.utf8.count,
                String(decoding: start, as: UTF8.self).lowercased() == name
            else { return nil }
            return line.dropFirst(name.utf8.count)
        }
    }
}
