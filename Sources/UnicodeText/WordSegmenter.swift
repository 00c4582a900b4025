import CICU

/// Finds the words of a text in any language, in place and by bytes.
///
/// Words are those of Unicode Standard Annex #29; Chinese, Japanese, Thai, Lao, Khmer and
/// Burmese, which write none of the spaces between theirs, are cut by ICU's dictionaries.
///
/// Making one loads rules and dictionaries, so keep it. It holds its place in the text it last
/// saw, hence one thread at a time, and not `Sendable`.
package final class WordSegmenter {
    private let breaker: OpaquePointer
    /// ICU counts in 32 bits: a longer text is cut here.
    private let sliceLimit: Int

    package convenience init() throws {
        try self.init(sliceLimit: 1 << 30)
    }

    /// - Parameter sliceLimit: bytes, 4 or more, so that a slice holds a whole scalar.
    package init(sliceLimit: Int) throws {
        precondition((4...1 << 30).contains(sliceLimit), "A slice holds 4 bytes to 1 GiB.")
        var status: Int32 = 0
        guard let breaker = reel_word_breaker_open(&status) else {
            throw UnicodeTextError.segmenterUnavailable(
                status: String(cString: reel_icu_error_name(status)))
        }
        self.breaker = breaker
        self.sliceLimit = sliceLimit
    }

    deinit { reel_word_breaker_close(breaker) }

    /// Visits the words of a text that need not be valid UTF-8, until `body` returns false.
    /// Bytes that are not UTF-8 separate words.
    package func forEachWord(
        in text: UnsafeBufferPointer<UInt8>, _ body: (Word) throws -> Bool
    ) throws {
        var start = 0
        while start < text.count {
            var end = min(text.count, start + sliceLimit)
            // Not inside a scalar: a lead byte is at most three bytes back.
            var steps = 0
            while end < text.count, steps < 3, text[end] & 0xc0 == 0x80 {
                end -= 1
                steps += 1
            }
            let slice = UnsafeBufferPointer(rebasing: text[start..<end])
            guard try visit(slice, offset: start, body) else { return }
            start = end
        }
    }

    private func visit(
        _ slice: UnsafeBufferPointer<UInt8>, offset: Int, _ body: (Word) throws -> Bool
    ) throws -> Bool {
        var status: Int32 = 0
        guard
            reel_word_breaker_set_text(breaker, slice.baseAddress, Int32(slice.count), &status)
                != 0
        else {
            throw UnicodeTextError.segmenterUnavailable(
                status: String(cString: reel_icu_error_name(status)))
        }
        return try withUnsafeTemporaryAllocation(of: reel_word.self, capacity: 64) { found in
            while true {
                let count = Int(reel_word_breaker_next(breaker, found.baseAddress, 64))
                for index in 0..<count {
                    let word = found[index]
                    let range = (offset + Int(word.start))..<(offset + Int(word.end))
                    guard try body(Word(range: range, kind: WordKind(code: word.kind))) else {
                        return false
                    }
                }
                if count < found.count { return true }
            }
        }
    }

    /// The words of a text, as ranges of its UTF-8.
    package func words(in text: String) throws -> [Word] {
        var text = text
        var words: [Word] = []
        try text.withUTF8 { utf8 in
            try forEachWord(in: utf8) {
                words.append($0)
                return true
            }
        }
        return words
    }
}

/// A word's place in its text.
package struct Word: Sendable, Equatable {
    /// In bytes of UTF-8, never empty.
    package let range: Range<Int>
    package let kind: WordKind
}

package enum WordKind: Sendable {
    /// Digits, with the signs inside them: `3.14`, `1,000`.
    case number
    /// Letters of most scripts, with apostrophes and digits inside: `don't`, `mp3`.
    case letters
    /// Chinese characters and Japanese kana.
    case ideographs
    /// A picture, with the marks that colour or join it.
    case emoji

    fileprivate init(code: Int32) {
        switch Int(code) {
        case Int(REEL_WORD_NUMBER): self = .number
        case Int(REEL_WORD_IDEOGRAPHS): self = .ideographs
        case Int(REEL_WORD_EMOJI): self = .emoji
        default: self = .letters
        }
    }
}
