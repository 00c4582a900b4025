package import Corpus

/// Turns the lines of successive key frames into passages with their time.
///
/// A line that stays from frame to frame is followed, although it is read a little differently each
/// time, and told once. Lines that leave together after most of their time together, as those of a
/// slide do, make one passage in reading order; a watermark or a title that outlives many slides
/// makes one of its own. Holds the lines in sight, no more.
package struct ScreenTextTimeline: Sendable {
    /// Stands between the lines of a passage; no part of any word.
    private static let separator = " · "
    private static let mostLinesInFrame = 120
    private static let mostCharactersInLine = 400
    private static let mostCharactersInPassage = 1500
    /// Share of letters by which two readings of a line differ, when both are sure …
    private static let sureDifference = 0.08
    /// … and when one of them is less so.
    private static let unsureDifference = 0.25
    private static let sureConfidence = 0.85
    /// Least share of its time that a line spends with the longest one of its passage.
    private static let leastSharedTime = 0.5

    private var tracks: [Track] = []

    package init() {}

    /// Takes the lines of the next key frame.
    ///
    /// - Parameter span: the time that the frame stands for; not before that of the last frame.
    /// - Returns: passages of lines that are no longer in sight, by their start.
    package mutating func add(_ lines: [RecognizedLine], span: TimeSpan) -> [Passage] {
        var gone = tracks
        tracks.removeAll(keepingCapacity: true)
        for line in lines.prefix(Self.mostLinesInFrame) {
            var line = line
            line.text = String(line.text.prefix(Self.mostCharactersInLine))
            let folded = FoldedLine(line.text)
            if let index = gone.firstIndex(where: { $0.shows(line, folded) }) {
                var track = gone.remove(at: index)
                track.goOn(line, folded, span)
                tracks.append(track)
            } else {
                tracks.append(Track(line: line, folded: folded, span: span))
            }
        }
        return Self.passages(of: gone)
    }

    /// - Returns: passages of the lines still in sight, by their start.
    package mutating func finish() -> [Passage] {
        defer { tracks.removeAll() }
        return Self.passages(of: tracks)
    }

    /// A line and the time it has been in sight.
    private struct Track {
        /// The surest reading.
        var line: RecognizedLine
        var folded: FoldedLine
        var span: TimeSpan

        func shows(_ other: RecognizedLine, _ otherFolded: FoldedLine) -> Bool {
            let isSure = min(line.confidence, other.confidence) >= sureConfidence
            // A text that moves is read as it was; one that is read otherwise stands where it stood.
            let isNear = abs(line.y - other.y) <= max(line.height, other.height)
            let share = isSure ? sureDifference : unsureDifference
            return folded.resembles(otherFolded, within: isNear ? share : 0)
        }

        mutating func goOn(_ other: RecognizedLine, _ otherFolded: FoldedLine, _ time: TimeSpan) {
            span = span.union(time)
            guard other.confidence > line.confidence else { return }
            line = other
            folded = otherFolded
        }
    }

    /// Lines that left at the same moment.
    private static func passages(of tracks: [Track]) -> [Passage] {
        var passages: [Passage] = []
        var rest = tracks
        while let longest = rest.max(by: { $0.span.durationSeconds < $1.span.durationSeconds }) {
            let isTogether: (Track) -> Bool = {
                $0.span.durationSeconds >= leastSharedTime * longest.span.durationSeconds
            }
            passages += joined(rest.filter(isTogether))
            rest.removeAll(where: isTogether)
        }
        return passages.sorted {
            ($0.span?.startSeconds ?? 0) < ($1.span?.startSeconds ?? 0)
        }
    }

    /// In the order in which they were read, cut where a passage would grow too long.
    private static func joined(_ tracks: [Track]) -> [Passage] {
        var passages: [Passage] = []
        var open: [Track] = []
        var length = 0
        func close() {
            guard let first = open.first else { return }
            let letters = open.map { Double($0.line.text.count) }
            let weighed = zip(open, letters).reduce(0) { $0 + $1.0.line.confidence * $1.1 }
            passages.append(
                Passage(
                    text: open.map(\.line.text).joined(separator: separator), source: .screenText,
                    span: open.dropFirst().reduce(first.span) { $0.union($1.span) },
                    confidence: weighed / letters.reduce(0, +)))
        }
        for track in tracks {
            if length + track.line.text.count > mostCharactersInPassage {
                close()
                open = []
                length = 0
            }
            open.append(track)
            length += track.line.text.count
        }
        close()
        return passages
    }
}
