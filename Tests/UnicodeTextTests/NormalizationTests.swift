import Foundation
import Testing
import UnicodeText

@Suite struct NormalizationTests {
    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    /// Foundation's tables may be newer than ICU's, but not for these.
    @Test(arguments: [
        "", "plain", "é", "e\u{301}", "ﬁ①Ａ", "각", "\u{1100}\u{1161}", "Å\u{323}", "北京",
    ])
    func formsAgreeWithFoundation(text: String) {
        #expect(
            scalars(Normalization.nfc(text)) == scalars(text.precomposedStringWithCanonicalMapping))
        #expect(
            scalars(Normalization.nfd(text)) == scalars(text.decomposedStringWithCanonicalMapping))
        #expect(
            scalars(Normalization.nfkc(text))
                == scalars(text.precomposedStringWithCompatibilityMapping))
        #expect(
            scalars(Normalization.nfkd(text))
                == scalars(text.decomposedStringWithCompatibilityMapping))
    }

    /// Foundation on Linux leaves the voicing apart here; the standard does not.
    @Test func halfWidthKanaAreComposed() {
        #expect(scalars(Normalization.nfkc("ｶﾞ")) == [0x30ac])
        #expect(scalars(Normalization.nfkd("ｶﾞ")) == [0x30ab, 0x3099])
    }

    @Test(arguments: 4..<40)
    func aTextCutIntoPiecesIsTheSameAsWhole(pieceLimit: Int) {
        let text = String(repeating: "Né 北京 e\u{301}😀x", count: 20)
        var pieces: [UInt8] = []
        Array(text.utf8).withUnsafeBufferPointer {
            TextForm.nfc.append($0, to: &pieces, pieceLimit: pieceLimit)
        }
        // A piece too small for what stands between two ASCII bytes may part letter and accent.
        if pieceLimit >= 16 { #expect(pieces == Array(Normalization.nfc(text).utf8)) }
        #expect(String(validating: pieces, as: UTF8.self)?.contains("\u{fffd}") == false)
    }
}
