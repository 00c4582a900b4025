/// Leaves out what a model thinks aloud between `<think>` and `</think>`, also when the marks come
/// in pieces.
struct ThoughtFilter {
    private static let opening = "<think>"
    private static let closing = "</think>"

    private var held = ""
    private var isThinking = false
    private var hasBegun = false

    /// - Returns: what of all that came so far can be shown now and was not before.
    mutating func add(_ piece: String) -> String {
        held += piece
        var shown = ""
        while true {
            let mark = isThinking ? Self.closing : Self.opening
            if let place = held.firstRange(of: mark) {
                if !isThinking { shown += held[..<place.lowerBound] }
                held = String(held[place.upperBound...])
                isThinking.toggle()
                continue
            }
            let kept = Self.beginning(of: mark, endingIn: held)
            if !isThinking { shown += held.dropLast(kept) }
            held = String(held.suffix(kept))
            return begun(shown)
        }
    }

    /// - Returns: what was held back and turns out to be no mark.
    mutating func finish() -> String {
        defer { held = "" }
        return isThinking ? "" : begun(held)
    }

    /// Models leave blank lines between their thoughts and their words.
    private mutating func begun(_ text: String) -> String {
        guard !hasBegun else { return text }
        let text = String(text.drop(while: \.isWhitespace))
        hasBegun = !text.isEmpty
        return text
    }

    /// Characters at the end of the text that may be the beginning of a mark.
    private static func beginning(of mark: String, endingIn text: String) -> Int {
        (1..<mark.count).reversed().first { text.hasSuffix(mark.prefix($0)) } ?? 0
    }
}

extension String {
    fileprivate func firstRange(of mark: String) -> Range<Index>? {
        guard let first = mark.first else { return nil }
        var place = startIndex
        while let found = self[place...].firstIndex(of: first) {
            if self[found...].hasPrefix(mark) {
                return found..<index(found, offsetBy: mark.count)
            }
            place = index(after: found)
        }
        return nil
    }
}
