/// Tokens that are matched as written before anything else is done to a text, such as `[SEP]`.
struct SpecialTokens: Sendable {
    /// Longest first, so that the longest match at a place wins.
    private let tokens: [(text: [UInt8], id: Int)]
    /// By byte: whether a special token begins with it.
    private let isFirst: [Bool]

    init(_ tokens: [String: Int]) {
        self.tokens =
            tokens
            .filter { !$0.key.isEmpty }
            .map { (Array($0.key.utf8), $0.value) }
            .sorted { ($1.text.count, $0.id) < ($0.text.count, $1.id) }
        var isFirst = [Bool](repeating: false, count: 256)
        for token in self.tokens { isFirst[Int(token.text[0])] = true }
        self.isFirst = isFirst
    }

    /// Calls `text` for each stretch of ordinary text and `special` for each special token, in
    /// order, until one returns false.
    func split(
        _ whole: String, text: (Substring) -> Bool, special: (Int) -> Bool
    ) {
        var whole = whole
        whole.makeContiguousUTF8()
        let bytes = whole.utf8
        var start = bytes.startIndex
        var position = start
        while position < bytes.endIndex {
            guard isFirst[Int(bytes[position])],
                let match = tokens.first(where: { bytes[position...].starts(with: $0.text) })
            else {
                bytes.formIndex(after: &position)
                continue
            }
            if start < position, !text(whole[start..<position]) { return }
            if !special(match.id) { return }
            position = bytes.index(position, offsetBy: match.text.count)
            start = position
        }
        if start < bytes.endIndex { _ = text(whole[start...]) }
    }
}
