internal import UnicodeText

/// The kinds of characters as the reference (Hugging Face `tokenizers` 0.23) sees them. It asks
/// several libraries, each with tables of its own Unicode version: Rust's standard library (17),
/// its `regex` and Oniguruma (16), `unicode_categories` (8), `unicode-normalization` (9). Debian's
/// ICU has 15; younger scalars are looked up in Swift's tables. Compared over all of Unicode.
enum CharacterClasses {
    /// White_Space, which all versions since 6.3 agree on.
    @inline(__always)
    static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value)
            : ScalarProperties.of(scalar).isWhitespace
    }

    /// ASCII's symbols and Unicode 8's punctuation.
    @inline(__always)
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isASCIIPunctuation(UInt8(truncatingIfNeeded: scalar.value)) }
        if scalar.value == 0x166D || scalar.value == 0x111C9 { return true }  // were, then
        let properties = ScalarProperties.of(scalar)
        return properties.category.isPunctuation && properties.age <= 8
    }

    @inline(__always)
    static func isASCIIPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Any kind of number, as of Rust's standard library.
    static func isNumeric(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x30...0x39).contains(scalar.value) }
        let properties = ScalarProperties.of(scalar)
        guard properties.age == 0 else { return properties.category.isNumber }
        return isYoungNumber(scalar, version: 17)
    }

    /// `\w` of Rust's regular expressions.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: return true
            default: return false
            }
        }
        let properties = ScalarProperties.of(scalar)
        if properties.age == 0 { return isYoungWord(scalar) }
        return properties.isAlphabetic || properties.category.isMark
            || properties.category == .decimalNumber
            || properties.category == .connectorPunctuation
            || scalar.value == 0x200C || scalar.value == 0x200D
    }

    /// How the patterns of GPT-2 and its descendants tell characters apart (Oniguruma).
    enum PatternKind: UInt8 {
        case letter, number, space, other
    }

    @inline(__always)
    static func patternKind(of scalar: Unicode.Scalar) -> PatternKind {
        if scalar.isASCII {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: return .letter
            case 0x20, 0x09...0x0D: return .space
            case 0x30...0x39: return .number
            default: return .other
            }
        }
        let properties = ScalarProperties.of(scalar)
        if properties.category.isLetter { return .letter }
        if properties.isWhitespace { return .space }
        if properties.category.isNumber { return .number }
        return properties.age == 0 ? youngPatternKind(of: scalar) : .other
    }

    // MARK: Normalisation

    /// Whether `strip_accents` of BERT takes the scalar away: Unicode 8's non-spacing marks.
    static func isBERTAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1734: return true  // was one then
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: return false  // were something else then
        default: break
        }
        let properties = ScalarProperties.of(scalar)
        return properties.category == .nonspacingMark && properties.age <= 8
    }

    /// Whether `StripAccents` takes the scalar away: Unicode 9's marks of any kind.
    static func isCombiningMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1CF2, 0x1CF3: return true
        case 0x111C9: return false
        default: break
        }
        let properties = ScalarProperties.of(scalar)
        return properties.category.isMark && properties.age <= 9
    }

    /// The lower case of a scalar, appended as UTF-8. `İ` alone has two scalars.
    @inline(__always)
    static func appendLowercase(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            bytes.append((0x41...0x5A).contains(byte) ? byte + 32 : byte)
            return
        }
        appendLowercaseBeyondASCII(scalar, to: &bytes)
    }

    private static func appendLowercaseBeyondASCII(
        _ scalar: Unicode.Scalar, to bytes: inout [UInt8]
    ) {
        if scalar.value == 0x130 {
            bytes.append(contentsOf: [0x69, 0xCC, 0x87])
            return
        }
        let lower = ScalarProperties.of(scalar).lowercase
        if lower != scalar.value {
            UTF8Text.append(lower, to: &bytes)
        } else if isYoungOrRecased(scalar) {
            bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        } else {
            UTF8Text.append(scalar, to: &bytes)
        }
    }

    // MARK: Scalars younger than ICU's tables

    /// Letters that ICU's Unicode lacks, and those of Latin Extended-D that got partners since.
    private static func isYoungOrRecased(_ scalar: Unicode.Scalar) -> Bool {
        (0xA7C0...0xA7DF).contains(scalar.value) || ScalarProperties.of(scalar).age == 0
    }

    private static func isAssigned(_ scalar: Unicode.Scalar, version: Int) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major <= version
    }

    private static func isYoungNumber(_ scalar: Unicode.Scalar, version: Int) -> Bool {
        guard isAssigned(scalar, version: version) else { return false }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return true
        default: return false
        }
    }

    private static func isYoungWord(_ scalar: Unicode.Scalar) -> Bool {
        guard isAssigned(scalar, version: 16) else { return false }
        if scalar.properties.isAlphabetic { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            return true
        default: return false
        }
    }

    private static func youngPatternKind(of scalar: Unicode.Scalar) -> PatternKind {
        guard isAssigned(scalar, version: 16) else { return .other }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }
}
