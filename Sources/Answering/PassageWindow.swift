internal import Corpus
internal import UnicodeText

/// Widens a passage to whole sentences with what its neighbours say.
///
/// Passages are cut at pauses and by length, often in mid-sentence. A neighbour of the same source
/// lends the end or the beginning that is missing; where no sentence ends nearby, as in transcripts
/// without punctuation, the passage stays as it is.
struct PassageWindow {
    /// Neighbours asked on each side.
    private static let reach = 3
    /// A longer pause between passages ends what is being said.
    private static let longestPauseSeconds = 2.0
    /// Characters that one side may add.
    private static let longestAddition = 400

    /// The asset's passages of one source and language that have a time, in order.
    let passages: [Passage]
    private let isPunctuated: Bool

    init(_ passages: [Passage]) {
        self.passages = passages
        isPunctuated = passages.contains { Self.endsSentence($0.text) }
    }

    /// - Parameter index: of the passage to widen.
    func whole(_ index: Int) throws -> (text: String, span: TimeSpan) {
        let passage = passages[index]
        var text = passage.text
        var span = passage.span ?? TimeSpan(startSeconds: 0, endSeconds: 0)
        guard isPunctuated else { return (text, span) }
        if let before = try missingBeginning(before: index) {
            text = before.text + " " + text
            span = span.union(before.span)
        }
        if let after = try missingEnd(after: index) {
            text += " " + after.text
            span = span.union(after.span)
        }
        return (text, span)
    }

    private struct Addition {
        var text: String
        var span: TimeSpan
    }

    private func missingBeginning(before index: Int) throws -> Addition? {
        var added: [String] = []
        var span: TimeSpan?
        var current = index
        while current > 0, touches(current - 1, current),
            !Self.endsSentence(passages[current - 1].text)
        {
            let sentences = try SentenceSegmenter.sentences(of: passages[current - 1].text)
            added.insert(contentsOf: sentences.suffix(1), at: 0)
            span = passages[current - 1].span
            guard index - current < Self.reach, isShort(added) else { return nil }
            if sentences.count > 1 { break }
            current -= 1
        }
        return span.map { Addition(text: added.joined(separator: " "), span: $0) }
    }

    private func isShort(_ texts: [String]) -> Bool {
        texts.reduce(0) { $0 + $1.count } <= Self.longestAddition
    }

    private func missingEnd(after index: Int) throws -> Addition? {
        guard !Self.endsSentence(passages[index].text) else { return nil }
        var added: [String] = []
        for current in passages.indices[(index + 1)...].prefix(Self.reach) {
            guard touches(current - 1, current), let span = passages[current].span else { break }
            let sentences = try SentenceSegmenter.sentences(of: passages[current].text)
            added += sentences.prefix(1)
            guard isShort(added) else { break }
            if sentences.count > 1 || Self.endsSentence(passages[current].text) {
                return Addition(text: added.joined(separator: " "), span: span)
            }
        }
        return nil
    }

    private func touches(_ first: Int, _ second: Int) -> Bool {
        guard let before = passages[first].span, let after = passages[second].span else {
            return false
        }
        return after.startSeconds - before.endSeconds <= Self.longestPauseSeconds
    }

    private static let marks: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
    private static let closing: Set<Character> = ["\"", "”", "’", "'", ")", "]", "»", "」"]

    static func endsSentence(_ text: String) -> Bool {
        let last = text.reversed().first { !$0.isWhitespace && !closing.contains($0) }
        return last.map(marks.contains) ?? false
    }
}
