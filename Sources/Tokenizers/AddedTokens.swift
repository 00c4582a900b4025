/// A token that is found in the text as written, whatever the model would make of it, such as
/// `[SEP]`.
struct AddedToken: Sendable, Equatable {
    var content: String
    /// Matches only where no letter, number or mark touches it.
    var isSingleWord = false
    /// Takes the white space to its left with it.
    var stripsLeft = false
    /// Takes the white space to its right with it.
    var stripsRight = false
    /// Is looked for in the normalised text, in its own normalised form.
    var isNormalized = false
    var isSpecial = true
}

/// Finds added tokens: at every place the longest, from left to right.
struct AddedTokenMatcher: Sendable {
    private struct Rule: Sendable {
        let id: Int32
        let isSingleWord: Bool
        let stripsLeft: Bool
        let stripsRight: Bool
    }

    /// Texts to look for → places in `rules`.
    private var table = TokenTable(capacity: 16)
    private var rules: [Rule] = []
    /// By byte: whether a token begins with it.
    private var isFirst = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { rules.isEmpty }

    /// - Parameter text: UTF-8; empty texts are never found.
    mutating func insert(_ text: [UInt8], _ token: AddedToken, id: Int32) {
        guard let first = text.first else { return }
        table.insert(text, value: Int32(rules.count))
        rules.append(
            Rule(
                id: id, isSingleWord: token.isSingleWord, stripsLeft: token.stripsLeft,
                stripsRight: token.stripsRight))
        isFirst[Int(first)] = true
    }

    /// A stretch of text, and the token it is, if any. Stretches may be empty.
    struct Stretch: Equatable {
        var range: Range<Int>
        var id: Int32?
    }

    /// Cuts a text; its end comes when there is no token in it, so does the whole.
    func split(_ text: UTF8Text.Bytes, into stretches: inout [Stretch]) {
        var start = 0
        var position = 0
        while !rules.isEmpty, position < text.count {
            guard isFirst[Int(text[position])],
                let found = table.longestPrefix(
                    of: UTF8Text.rebased(text, position..<text.count))
            else {
                position += 1
                continue
            }
            let match = position..<position + found.length
            position = match.upperBound
            let rule = rules[Int(found.value)]
            if rule.isSingleWord, Self.touchesWord(match, in: text) { continue }
            var range = match
            if rule.stripsLeft {
                let left = Self.spaceStart(before: match.lowerBound, in: text)
                range = max(left, min(start, match.lowerBound))..<range.upperBound
            }
            if rule.stripsRight {
                range = range.lowerBound..<Self.spaceEnd(after: match.upperBound, in: text)
            }
            if start < range.lowerBound {
                stretches.append(Stretch(range: start..<range.lowerBound, id: nil))
            }
            stretches.append(Stretch(range: range, id: rule.id))
            start = range.upperBound
        }
        if start != text.count || stretches.isEmpty {
            stretches.append(Stretch(range: min(start, text.count)..<text.count, id: nil))
        }
    }

    private static func touchesWord(_ match: Range<Int>, in text: UTF8Text.Bytes) -> Bool {
        if let before = UTF8Text.scalar(before: match.lowerBound, in: text),
            CharacterClasses.isWord(before)
        {
            return true
        }
        return match.upperBound < text.count
            && CharacterClasses.isWord(UTF8Text.scalar(at: match.upperBound, in: text).scalar)
    }

    private static func spaceStart(before position: Int, in text: UTF8Text.Bytes) -> Int {
        var start = position
        while let scalar = UTF8Text.scalar(before: start, in: text),
            CharacterClasses.isWhitespace(scalar)
        {
            start -= UTF8.width(scalar)
        }
        return start
    }

    private static func spaceEnd(after position: Int, in text: UTF8Text.Bytes) -> Int {
        var end = position
        while end < text.count {
            let (scalar, length) = UTF8Text.scalar(at: end, in: text)
            guard CharacterClasses.isWhitespace(scalar) else { break }
            end += length
        }
        return end
    }
}
