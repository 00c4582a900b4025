/// Tells lines that people wrote from what a recogniser makes of foliage and brickwork.
enum LineQuality {
    /// Words below this confidence are left out, 0…1.
    private static let leastWordConfidence = 0.35
    /// Lines whose words' mean is below this, weighed by length, are junk, 0…1.
    private static let leastLineConfidence = 0.65
    /// The same for lines with so few letters and digits that chance may have made them.
    private static let fewCharacters = 4
    private static let leastShortLineConfidence = 0.85
    /// Least share of letters and digits among the characters.
    private static let leastShareOfLetters = 0.6

    /// The line's words without bullets, rules and doubtful ones; nil when what remains is junk.
    static func line(of words: [RecognizedWord]) -> RecognizedLine? {
        let kept = words.filter { word in
            word.confidence >= leastWordConfidence && word.text.contains(where: isWritten)
        }
        let text = kept.map(\.text).joined()
        let written = text.count(where: isWritten)
        guard written >= 2, Double(written) >= leastShareOfLetters * Double(text.count) else {
            return nil
        }
        // Weighed by all words read: one good word among many bad ones is chance.
        let lengths = words.map { $0.text.count(where: isWritten) }
        let total = lengths.reduce(0, +)
        let confidence =
            zip(words, lengths).reduce(0) { $0 + $1.0.confidence * Double($1.1) } / Double(total)
        let least = written < fewCharacters ? leastShortLineConfidence : leastLineConfidence
        guard confidence >= least else { return nil }
        return RecognizedLine(kept)
    }

    private static func isWritten(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }
}
