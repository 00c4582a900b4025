import Glibc
package import SQLite
import UnicodeText

/// Cuts text into words, in any language, and folds them.
///
/// `my_holiday.mp4` is four words to a searcher, though one to Unicode: words are also cut at
/// underscores, and at full stops that are not between digits.
///
/// FTS5, which finds phrases and beginnings, gets the words as they are spelled; of Chinese and
/// Japanese it gets each character, so that a phrase is found wherever the dictionary cut. What
/// ranking weighs is made from the same words: `RankingTerm`.
package final class TermTokenizer: FullTextTokenizer {
    /// Recorded in the index. Counts up when this file, the folding or the stemming changes any
    /// term.
    package static let version = "terms 2, ICU \(UnicodeTables.icuVersion), Snowball 2"

    /// A longer word keeps its beginning, in documents and queries alike.
    static let termByteLimit = 120

    private let segmenter: WordSegmenter
    let stemmer = WordStemmer()
    /// The words of the text last asked for: adding a passage needs them twice.
    private var recent = RecentWords()

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
        forEachWord(in: text) { word in
            guard word.isIdeographic else {
                return emit(FullTextToken(term: word.folded, range: word.range))
            }
            return word.forEachScalar { scalar, range in
                emit(FullTextToken(term: scalar, range: range))
            }
        }
    }

    // MARK: Words

    /// A word and its place.
    struct FoldedWord {
        /// Valid during the call, never empty.
        let folded: UnsafeBufferPointer<UInt8>
        /// In bytes of the text.
        let range: Range<Int>
        /// Chinese characters and Japanese kana.
        let isIdeographic: Bool

        /// Visits the scalars of the folded word, until `body` returns false.
        /// - Returns: false when `body` did.
        func forEachScalar(
            _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Bool
        ) -> Bool {
            // Folding may join or split scalars; only where it kept every byte are places known.
            let keepsPlaces = folded.count == range.count
            var start = 0
            while start < folded.count {
                var end = start + 1
                while end < folded.count, folded[end] & 0xc0 == 0x80 { end += 1 }
                let place =
                    keepsPlaces ? range.lowerBound + start..<range.lowerBound + end : range
                guard body(UnsafeBufferPointer(rebasing: folded[start..<end]), place) else {
                    return false
                }
                start = end
            }
            return true
        }
    }

    /// Visits the words of a text in its order, until `body` returns false.
    func forEachWord(in text: UnsafeBufferPointer<UInt8>, _ body: (FoldedWord) -> Bool) {
        if !recent.holds(text) {
            // Taken out while it is filled: the arrays then have one owner, and no access to a
            // property of a class is checked for every word.
            var words = recent
            recent = RecentWords()
            words.begin(text)
            // ICU fails only when memory runs out. Then the text has the words found so far:
            // losing some is better than refusing to delete a row.
            try? segmenter.forEachWord(in: text) { word in
                var start = word.range.lowerBound
                let end = word.range.upperBound
                for place in start...end {
                    guard place == end || Self.isCut(at: place, of: text) else { continue }
                    words.note(
                        start..<place, of: text, isIdeographic: word.kind == .ideographs)
                    start = place + 1
                }
                return true
            }
            recent = words
        }
        // A copy, which shares its storage: `body` may tokenize another text.
        let words = recent
        words.forEach(body)
    }

    private static func isCut(at place: Int, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text[place] == UInt8(ascii: "_") { return true }
        guard text[place] == UInt8(ascii: ".") else { return false }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return
            !(place > 0 && digits.contains(text[place - 1])
            && place + 1 < text.count && digits.contains(text[place + 1]))
    }
}

/// A text and its words, side by side in few arrays that are used again.
private struct RecentWords {
    private struct Entry {
        var end: Int  // of the folded bytes
        var range: Range<Int>
        var isIdeographic: Bool
    }

    private var text: [UInt8] = []
    private var isSet = false
    private var folded: [UInt8] = []
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// A longer text is not kept, and its words are found again.
    private static let textLimit = 1 << 20  // bytes

    func holds(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isSet, text.count == other.count else { return false }
        guard let start = other.baseAddress, !other.isEmpty else { return true }
        return memcmp(text, start, other.count) == 0
    }

    mutating func begin(_ text: UnsafeBufferPointer<UInt8>) {
        isSet = text.count <= Self.textLimit
        self.text.removeAll(keepingCapacity: true)
        if isSet { self.text.append(contentsOf: text) }
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    mutating func note(
        _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, isIdeographic: Bool
    ) {
        guard !range.isEmpty else { return }
        let limit = TermTokenizer.termByteLimit
        // Cutting first bounds the folding; no scalar is longer than four bytes.
        let spelled = UnsafeBufferPointer(rebasing: text[range].prefix(limit + 4))
        TextFolding.fold(spelled, into: &folded)
        if folded.count > limit {
            let end = folded[...limit].lastIndex { $0 & 0xc0 != 0x80 } ?? 0
            folded.removeSubrange(end...)
        }
        // A word of soft hyphens folds to nothing.
        guard !folded.isEmpty else { return }
        bytes += folded
        entries.append(Entry(end: bytes.count, range: range, isIdeographic: isIdeographic))
    }

    func forEach(_ body: (TermTokenizer.FoldedWord) -> Bool) {
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for entry in entries {
                let word = TermTokenizer.FoldedWord(
                    folded: UnsafeBufferPointer(rebasing: bytes[start..<entry.end]),
                    range: entry.range, isIdeographic: entry.isIdeographic)
                guard body(word) else { return }
                start = entry.end
            }
        }
    }
}
