internal import Corpus
internal import Service

/// An answer as lines for a person: its sentences, then what they cite.
struct AnswerText {
    static let notFound = "Not found in this library."

    let answer: LibraryAnswer
    let context: CommandContext

    private var colors: Bool { context.console.colorsOutput }

    var lines: [String] {
        guard let sentences = answer.sentences else { return [Self.notFound] }
        let text = sentences.map { sentence in
            let doubt = sentence.isSupported ? "" : Style.dim(" (not supported)", when: colors)
            return printable(sentence.text.utf8)
                + sentence.citations.map { Style.cyan(" [\($0)]", when: colors) }.joined() + doubt
        }
        let cited = Set(sentences.flatMap(\.citations))
        return [text.joined(separator: " "), ""]
            + answer.evidence.filter { cited.contains($0.id) }.map(line)
    }

    /// What was not cited, and how each sentence was judged.
    var explanation: [String] {
        let cited = Set((answer.sentences ?? []).flatMap(\.citations))
        let others = answer.evidence.filter { !cited.contains($0.id) }.map(line)
        let candidates = answer.candidates.map { candidate in
            "  \(fixed(candidate.score, decimals: 3)) [\(candidate.evidence)] "
                + "“\(printable(candidate.text.utf8))”"
        }
        let alternatives = answer.alternatives.map { alternative in
            "  \(fixed(alternative.score, decimals: 3)) "
                + "\(printable(context.shown(alternative.path).utf8)): "
                + printable(alternative.text.utf8)
        }
        return (alternatives.isEmpty ? [] : ["", "Other answers:"] + alternatives)
            + (others.isEmpty ? [] : ["", "Also read:"] + others)
            + (candidates.isEmpty
                ? [] : ["", "How well each sentence answers, 0 to 1:"] + candidates)
    }

    private func line(_ evidence: LibraryAnswer.Evidence) -> String {
        let start = clockTime(evidence.span.startSeconds)
        let end = clockTime(evidence.span.endSeconds)
        let time =
            evidence.asset.kind == .image || evidence.asset.kind == .text
            ? "" : "  " + Style.cyan(start == end ? start : "\(start)–\(end)", when: colors)
        let said =
            evidence.text.isEmpty
            ? evidence.tags.joined(separator: ", ") : "“\(printable(evidence.text.utf8))”"
        return "[\(evidence.id)] "
            + Style.bold(printable(context.shown(evidence.asset.path).utf8), when: colors)
            + time + (said.isEmpty ? "" : "  " + Style.dim(said, when: colors))
    }
}
