internal import UnicodeText

/// What `Split` and `Replace` look for: a string as written, or a regular expression as Oniguruma
/// (Ruby's syntax) understands it.
enum TextPattern: Sendable {
    case literal([UInt8])
    case words(WordPattern)
    /// - Parameter path: of the file it stands in, for errors.
    case regularExpression(RegularExpression, path: String)

    /// Patterns that everybody's files share have scanners of their own, several times as fast.
    static func regularExpression(
        _ pattern: String, path: String
    ) throws(RegularExpressionError) -> TextPattern {
        if let words = WordPattern(pattern) { return .words(words) }
        return .regularExpression(
            try RegularExpression(RubyPattern.translated(pattern)), path: path)
    }

    /// Appends the places of all matches, left to right, never overlapping.
    func findMatches(
        in text: UTF8Text.Bytes, within budget: inout RegularExpression.Budget,
        appendingTo matches: inout [Range<Int>]
    ) throws(TokenizerError) {
        switch self {
        case .literal(let literal): Self.find(literal, in: text, appendingTo: &matches)
        case .words(let words): words.findMatches(in: text, appendingTo: &matches)
        case .regularExpression(let expression, let path):
            do {
                try expression.findMatches(in: text, within: &budget, appendingTo: &matches)
            } catch {
                throw .patternGaveUp(path: path, reason: "\(error)")
            }
        }
    }

    private static func find(
        _ literal: [UInt8], in text: UTF8Text.Bytes, appendingTo matches: inout [Range<Int>]
    ) {
        guard let first = literal.first else { return }
        var position = 0
        while position + literal.count <= text.count {
            if text[position] == first,
                UTF8Text.rebased(text, position..<position + literal.count)
                    .elementsEqual(literal)
            {
                matches.append(position..<position + literal.count)
                position += literal.count
            } else {
                position += 1
            }
        }
    }
}
