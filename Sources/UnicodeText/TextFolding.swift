/// Makes words that a reader takes for the same compare equal: `Café`, `CAFE` and `ｃａｆé`.
///
/// Compatibility forms and case are folded (NFKC_Casefold, Unicode Standard chapter 3.13). Then
/// Latin, Greek, Cyrillic, Hebrew and Arabic lose their accents, tones and vowel points, and
/// `ø đ ħ ı ł ŧ æ œ`, which have no decomposition, become plain letters. Elsewhere a mark is
/// part of the word and stays: Thai and Devanagari vowels, the voicing that makes `が` of `か`.
/// й and ї are letters of their own and stay. Curly apostrophes become straight. Folding twice gives the same as folding once.
package enum TextFolding {
    package static func fold(_ text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            var folded: [UInt8] = []
            fold(utf8, into: &folded)
            return String(decoding: folded, as: UTF8.self)
        }
    }

    /// Replaces `folded` by the folding of `text`, which need not be valid UTF-8; the result is.
    package static func fold(
        _ text: UnsafeBufferPointer<UInt8>, into folded: inout [UInt8]
    ) {
        folded.removeAll(keepingCapacity: true)
        // Most words of subtitles are plain ASCII, which only needs its capitals lowered.
        guard text.allSatisfy({ $0 < 0x80 }) else {
            TextForm.search.append(text, to: &folded)
            return
        }
        for byte in text {
            folded.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
        }
    }
}
