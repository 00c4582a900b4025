/// Tells whether two readings are of the same line of text.
struct FoldedLine: Equatable {
    /// Letters and digits only, in lower case, at most `longest`.
    private let letters: [Unicode.Scalar]
    private let digits: [Unicode.Scalar]

    private static let longest = 160

    init(_ text: String) {
        letters = Array(
            text.lowercased().unicodeScalars.lazy
                .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
                .prefix(Self.longest))
        digits = letters.filter { $0.properties.numericType != nil }
    }

    /// Whether they differ by at most this share of the longer one's letters. Digits must be equal:
    /// a clock that goes on, or another year, is not an error of reading.
    func resembles(_ other: FoldedLine, within share: Double) -> Bool {
        if letters == other.letters { return true }
        guard digits == other.digits else { return false }
        let limit = Int(Double(max(letters.count, other.letters.count)) * share)
        guard abs(letters.count - other.letters.count) <= limit else { return false }
        return isWithin(limit, of: other)
    }

    /// Levenshtein's distance, only as far as `limit` on both sides of the diagonal.
    private func isWithin(_ limit: Int, of other: FoldedLine) -> Bool {
        let (first, second) = (letters, other.letters)
        let far = limit + 1
        var above = (0...second.count).map { min($0, far) }
        var row = above
        for (i, letter) in first.enumerated() {
            let from = max(0, i - limit)
            let to = min(second.count, i + limit + 1)
            guard from < to else { return false }
            row[from] = from == 0 ? min(i + 1, far) : far
            for j in from..<to {
                let changed = above[j] + (letter == second[j] ? 0 : 1)
                let shifted = min(above[j + 1], row[j]) + 1
                row[j + 1] = min(changed, shifted, far)
            }
            if to < second.count { row[to + 1] = far }
            swap(&above, &row)
        }
        return above[second.count] <= limit
    }
}
