package import SQLite
import UnicodeText

/// Cuts text into the terms that are searched: folded words, in any language.
///
/// `my_holiday.mp4` is four words to a searcher, though one to Unicode: words are also cut at
/// underscores, and at full stops that are not between digits.
package final class TermTokenizer: FullTextTokenizer {
    /// Recorded in the index. Counts up when this file, or the folding, changes any term.
    package static let version = "terms 1, ICU \(UnicodeTables.icuVersion)"

    /// A longer term keeps its beginning, in documents and queries alike.
    static let termByteLimit = 120

    private let segmenter: WordSegmenter
    private var term: [UInt8] = []

    private init() throws { segmenter = try WordSegmenter() }

    /// The name of the tokenizer in the schema.
    private static let name = "reel_terms"

    /// The one tokenizer of a connection, registered when first asked for.
    static func registered(on connection: Connection) throws -> TermTokenizer {
        if let tokenizer = connection.tokenizer(named: name) as? TermTokenizer { return tokenizer }
        let tokenizer = try TermTokenizer()
        try connection.registerTokenizer(name: name, tokenizer)
        return tokenizer
    }

    package func tokens(
        in text: UnsafeBufferPointer<UInt8>, reason: TokenizationReason,
        emit: (FullTextToken) -> Bool
    ) {
        // ICU fails only when memory runs out. Then the text has the terms found so far: losing
        // some is better than refusing to delete a row.
        try? segmenter.forEachWord(in: text) { word in
            var start = word.range.lowerBound
            let end = word.range.upperBound
            for place in start...end {
                guard place == end || Self.isCut(at: place, of: text) else { continue }
                guard emitTerm(start..<place, of: text, to: emit) else { return false }
                start = place + 1
            }
            return true
        }
    }

    private static func isCut(at place: Int, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text[place] == UInt8(ascii: "_") { return true }
        guard text[place] == UInt8(ascii: ".") else { return false }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return
            !(place > 0 && digits.contains(text[place - 1])
            && place + 1 < text.count && digits.contains(text[place + 1]))
    }

    private func emitTerm(
        _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, to emit: (FullTextToken) -> Bool
    ) -> Bool {
        guard !range.isEmpty else { return true }
        // Cutting first bounds the folding; no scalar is longer than four bytes.
        let spelled = UnsafeBufferPointer(rebasing: text[range].prefix(Self.termByteLimit + 4))
        TextFolding.fold(spelled, into: &term)
        if term.count > Self.termByteLimit {
            let end = term[...Self.termByteLimit].lastIndex { $0 & 0xc0 != 0x80 } ?? 0
            term.removeSubrange(end...)
        }
        // A word of soft hyphens folds to nothing.
        guard !term.isEmpty else { return true }
        return term.withUnsafeBufferPointer { emit(FullTextToken(term: $0, range: range)) }
    }

    /// How many terms a text has, repeats included.
    func termCount(of text: String) -> Int {
        var text = text
        var count = 0
        text.withUTF8 { utf8 in
            tokens(in: utf8, reason: .document) { _ in
                count += 1
                return true
            }
        }
        return count
    }

    /// The terms of a text with their places, in bytes.
    func terms(in text: String) -> [(term: String, range: Range<Int>)] {
        var text = text
        var terms: [(term: String, range: Range<Int>)] = []
        text.withUTF8 { utf8 in
            tokens(in: utf8, reason: .query) { token in
                terms.append((String(decoding: token.term, as: UTF8.self), token.range))
                return true
            }
        }
        return terms
    }
}
