import Foundation

/// What BERT does to text before cutting it: drops control characters, makes all spaces alike,
/// sets Chinese characters apart, takes accents off, lowers case.
///
/// The reference implementation (Hugging Face `tokenizers`) decides categories with tables of
/// Unicode 8 while decomposition and case follow newer versions; so does this. Compared over all of
/// Unicode, one character differs: U+11938, which decomposes since Unicode 13.
struct BERTNormalizer: Sendable {
    private let lowercases: Bool
    private let stripsAccents: Bool
    private let separatesChineseCharacters: Bool
    private let cleansText: Bool

    init(_ options: WordPieceTokenizer.Options) {
        lowercases = options.lowercases
        stripsAccents = options.stripsAccents ?? options.lowercases
        separatesChineseCharacters = options.separatesChineseCharacters
        cleansText = options.cleansText
    }

    /// UTF-8.
    func normalized(_ text: Substring) -> [UInt8] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return normalizedASCII(text) }
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if cleansText, Self.isDropped(scalar) { continue }
            if cleansText, Self.kind(of: scalar) == .space {
                cleaned.append(" ")
            } else if separatesChineseCharacters, Self.isChinese(scalar) {
                cleaned.append(" ")
                cleaned.append(scalar)
                cleaned.append(" ")
            } else {
                cleaned.append(scalar)
            }
        }
        if stripsAccents {
            cleaned = String(cleaned).decomposedStringWithCanonicalMapping.unicodeScalars
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count * 2)
        for scalar in cleaned {
            if scalar.isASCII {
                result.append(lowered(UInt8(truncatingIfNeeded: scalar.value)))
            } else if stripsAccents, Self.isAccent(scalar) {
                continue
            } else if lowercases {
                result.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            } else {
                UTF8Text.append(scalar, to: &result)
            }
        }
        return result
    }

    private func normalizedASCII(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if cleansText, byte < 0x20 || byte == 0x7F {
                if byte == 0x09 || byte == 0x0A || byte == 0x0D { result.append(0x20) }
            } else {
                result.append(lowered(byte))
            }
        }
        return result
    }

    private func lowered(_ byte: UInt8) -> UInt8 {
        lowercases && byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
    }

    // MARK: Kinds of characters

    enum Kind {
        case letter, space, punctuation
    }

    /// Everything that neither separates nor stands alone counts as a letter.
    @inline(__always)
    static func kind(of scalar: Unicode.Scalar) -> Kind {
        if scalar.isASCII {
            switch scalar.value {
            case 0x20, 0x09...0x0D: return .space
            case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return .punctuation
            default: return .letter
            }
        }
        return kindBeyondASCII(scalar)
    }

    private static func kindBeyondASCII(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.properties.isWhitespace { return .space }
        if scalar.value == 0x166D || scalar.value == 0x111C9 { return .punctuation }  // then
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return isInUnicode8(scalar) ? .punctuation : .letter
        default: return .letter
        }
    }

    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return false
        case 0, 0xFFFD: return true
        case 0x20..<0x7F: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .privateUse: return true
        case .format: return isInUnicode8(scalar)
        default: return false
        }
    }

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1734, 0x1171E: return true  // were non-spacing marks then
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: return false  // were something else then
        default: break
        }
        return scalar.properties.generalCategory == .nonspacingMark && isInUnicode8(scalar)
    }

    private static func isInUnicode8(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major <= 8
    }

    /// The blocks of the original BERT; the fifth begins a hundred late there too.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF,
            0x2A700...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
