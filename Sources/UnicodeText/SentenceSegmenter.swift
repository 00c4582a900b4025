import CICU

/// Finds the sentences of a text in any language (Unicode Standard Annex #29).
///
/// The standard's rules know no abbreviations: after "Mr." a sentence ends. A piece that ends in a
/// common one of English is joined to what follows it.
package enum SentenceSegmenter {
    /// Bytes that are cut; what a longer text has after them is left whole.
    private static let longest = 1 << 20

    /// The sentences in order, without the white space around them.
    package static func sentences(of text: String) throws -> [String] {
        let bytes = Array(text.utf8.prefix(longest))
        guard !bytes.isEmpty else { return [] }
        var ends = [Int32](repeating: 0, count: bytes.count)
        var status: Int32 = 0
        let count = reel_sentence_ends(
            bytes, Int32(bytes.count), &ends, Int32(ends.count), &status)
        guard count >= 0 else {
            throw UnicodeTextError.segmenterUnavailable(
                status: String(cString: reel_icu_error_name(status)))
        }
        var pieces: [String] = []
        var start = 0
        for end in ends.prefix(Int(count)).map(Int.init) where end > start {
            let piece = String(decoding: bytes[start..<end], as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            start = end
            guard !piece.isEmpty else { continue }
            if let last = pieces.last, last.isBeginning {
                pieces[pieces.count - 1] = last + " " + piece
            } else {
                pieces.append(piece)
            }
        }
        return pieces
    }
}

extension String {
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "fig", "vol", "approx",
    ]

    /// Whether the last word is an abbreviation, an initial or a number of a list, so that its full
    /// stop ends nothing.
    fileprivate var isBeginning: Bool {
        guard last == "." else { return false }
        let word = dropLast().split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let isInitial = word.count == 1 && word.first?.isUppercase == true && word != "I"
        let isListNumber = count == word.count + 1 && word.allSatisfy(\.isNumber)
        return isInitial || isListNumber || Self.abbreviations.contains(word.lowercased())
    }
}
