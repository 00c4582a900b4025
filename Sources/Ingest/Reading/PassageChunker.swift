internal import Corpus

/// Joins subtitle cues into passages of a size that means something.
///
/// A cue is cut to fit two lines of a screen, often in mid-sentence; an encoder wants a sentence
/// or two. Cues are joined until a sentence ends and there are enough words, never across a pause.
struct PassageChunker: Sendable {
    /// A passage closes at the end of a sentence once it has this many words.
    var enoughWords = 8
    var mostWords = 60
    var longestSeconds = 20.0
    /// A longer silence between cues starts a new passage.
    var longestPauseSeconds = 2.0

    /// - Parameter cues: by start, of any sources and languages; those without a span stay alone.
    func passages(from cues: [Passage]) -> [Passage] {
        var passages: [Passage] = []
        var open: Passage?
        for cue in cues {
            if let current = open, let joined = join(current, cue) {
                open = joined
            } else {
                if let current = open { passages.append(current) }
                open = cue
            }
        }
        if let current = open { passages.append(current) }
        return passages
    }

    private func join(_ passage: Passage, _ cue: Passage) -> Passage? {
        guard let span = passage.span, let next = cue.span, passage.source == cue.source,
            passage.language == cue.language,
            next.startSeconds >= span.startSeconds,
            next.startSeconds - span.endSeconds <= longestPauseSeconds
        else { return nil }
        let words = Self.wordCount(passage.text)
        let isClosed = words >= enoughWords && SentenceEnd.ends(passage.text)
        let whole = span.union(next)
        guard !isClosed, words + Self.wordCount(cue.text) <= mostWords,
            whole.durationSeconds <= longestSeconds
        else { return nil }
        return Passage(
            text: passage.text + " " + cue.text, source: passage.source, span: whole,
            language: passage.language)
    }

    private static func wordCount(_ text: String) -> Int {
        text.split(whereSeparator: \.isWhitespace).count
    }
}
