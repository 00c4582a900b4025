/// Tells where a sentence ends.
enum SentenceEnd {
    private static let closing: Set<Character> = ["\"", "”", "’", "'", ")", "]", "»"]
    private static let marks: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]

    /// Whether a text ends with a mark that ends sentences, quotation marks and brackets aside.
    static func ends(_ text: some BidirectionalCollection<Character>) -> Bool {
        let last = text.reversed().first { !$0.isWhitespace && !closing.contains($0) }
        return last.map(marks.contains) ?? false
    }
}
