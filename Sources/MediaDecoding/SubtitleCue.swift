import Corpus

/// One subtitle as its file has it: when it is shown, and its lines without markup.
struct SubtitleCue: Equatable {
    /// Later times are mistakes: a month.
    static let latestSeconds = 2_678_400.0

    var startSeconds: Double
    /// May lie before the start in a careless file.
    var endSeconds: Double
    var lines: [String]
}

/// Subtitle formats count milliseconds; sums of binary fractions should not look finer.
func wholeMilliseconds(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }

/// Cues as passages, sorted by start, said once even where the file says them twice.
///
/// Roll-up captions (live television, automatic captions) show the last line again above each new
/// one; the repeated lines are dropped and the passage that had them lasts longer.
func mergedPassages(_ cues: [SubtitleCue], language: String?) -> [Passage] {
    let order = cues.indices.sorted {
        (cues[$0].startSeconds, $0) < (cues[$1].startSeconds, $1)
    }
    var passages: [Passage] = []
    passages.reserveCapacity(cues.count)
    var previous: SubtitleCue?
    for index in order {
        var cue = cues[index]
        cue.endSeconds = max(cue.startSeconds, cue.endSeconds)
        var newLines = cue.lines[...]
        // Half a second: automatic captions leave a blink between two states of the screen.
        if let previous, cue.startSeconds <= previous.endSeconds + 0.5 {
            newLines = newLines.dropFirst(repeatedLineCount(previous.lines, cue.lines))
        }
        let text = newLines.joined(separator: " ")
        if text.isEmpty {
            if let last = passages.indices.last, let span = passages[last].span {
                passages[last].span = TimeSpan(
                    startSeconds: span.startSeconds,
                    endSeconds: max(span.endSeconds, cue.endSeconds))
            }
        } else {
            passages.append(
                Passage(
                    text: text, source: .subtitle,
                    span: TimeSpan(startSeconds: cue.startSeconds, endSeconds: cue.endSeconds),
                    language: language))
        }
        previous = cue
    }
    return passages
}

/// How many of the last lines of one screen are the first lines of the next.
private func repeatedLineCount(_ before: [String], _ after: [String]) -> Int {
    // A screen has few lines; a hostile cue is not compared in full.
    let most = min(before.count, after.count, 8)
    for count in stride(from: most, to: 0, by: -1)
    where before.suffix(count).elementsEqual(after.prefix(count)) {
        return count
    }
    return 0
}

/// Stable, so that streams keep their order at equal times.
func sortedByStart(_ passages: [Passage]) -> [Passage] {
    passages.enumerated().sorted { left, right in
        let leftStart = left.element.span?.startSeconds ?? 0
        let rightStart = right.element.span?.startSeconds ?? 0
        return (leftStart, left.offset) < (rightStart, right.offset)
    }.map(\.element)
}
