import CICU

/// What the Unicode Character Database says of a scalar, as far as ICU's tables are of its time
/// (`UnicodeTables.unicodeVersion`). Looking up one costs a few nanoseconds.
package struct ScalarProperties: Sendable {
    /// Simple lower-case mapping; the scalar itself where there is none.
    package let lowercase: UInt32
    package let category: GeneralCategory
    private let flags: UInt8
    /// Major version of Unicode that first had the scalar, 6.1 counted as 7; 0 when ICU knows it not.
    package let age: UInt8

    @inline(__always)
    package init(_ scalar: Unicode.Scalar) {
        let found = reel_scalar_properties(scalar.value)
        lowercase = found.lowercase
        category = GeneralCategory(code: found.category)
        flags = found.flags
        age = found.age
    }

    package static func of(_ scalar: Unicode.Scalar) -> ScalarProperties { Self(scalar) }

    package var isWhitespace: Bool { flags & UInt8(REEL_SCALAR_WHITE_SPACE) != 0 }
    package var isAlphabetic: Bool { flags & UInt8(REEL_SCALAR_ALPHABETIC) != 0 }
    /// Between two scalars that stand alone grapheme clusters always break.
    package var standsAlone: Bool { flags & UInt8(REEL_SCALAR_STANDS_ALONE) != 0 }

    /// Whether text of nothing but such scalars is in the form already.
    package func isStable(in form: TextForm) -> Bool { flags & form.stableFlag != 0 }

    /// General categories by ICU's numbers.
    package struct GeneralCategory: Sendable, Equatable {
        package let code: UInt8

        package static let unassigned = GeneralCategory(code: 0)
        package static let nonspacingMark = GeneralCategory(code: 6)
        package static let decimalNumber = GeneralCategory(code: 9)
        package static let control = GeneralCategory(code: 15)
        package static let format = GeneralCategory(code: 16)
        package static let privateUse = GeneralCategory(code: 17)
        package static let connectorPunctuation = GeneralCategory(code: 22)

        /// Lu, Ll, Lt, Lm, Lo.
        package var isLetter: Bool { (1...5).contains(code) }
        /// Mn, Me, Mc.
        package var isMark: Bool { (6...8).contains(code) }
        /// Nd, Nl, No.
        package var isNumber: Bool { (9...11).contains(code) }
        /// Pd, Ps, Pe, Pc, Po, Pi, Pf.
        package var isPunctuation: Bool { (19...23).contains(code) || (28...29).contains(code) }
    }
}

extension TextForm {
    fileprivate var stableFlag: UInt8 {
        switch self {
        case .nfc: UInt8(REEL_SCALAR_NFC_STABLE)
        case .nfd: UInt8(REEL_SCALAR_NFD_STABLE)
        case .nfkc: UInt8(REEL_SCALAR_NFKC_STABLE)
        case .nfkd: UInt8(REEL_SCALAR_NFKD_STABLE)
        case .search: 0
        }
    }
}
