import CICU

/// Codes of languages as files spell them: two letters or three, with a region or without.
package enum LanguageCode {
    /// The three-letter code of ISO 639-3 that stands for a spelling; nil when it is no code.
    ///
    ///     en, eng, en-GB, EN_us → eng        de, deu, ger → deu
    package static func canonical(_ code: String) -> String? {
        let letters = code.lowercased().prefix { $0.isASCII && $0.isLetter }
        guard (2...3).contains(letters.count) else { return nil }
        let name = bibliographic[String(letters)] ?? String(letters)
        let canonical = String(cString: reel_language_code(name))
        return canonical.isEmpty ? nil : canonical
    }

    /// Whether two spellings name one language; unknown ones must be spelled alike.
    package static func areSame(_ left: String, _ right: String) -> Bool {
        guard let first = canonical(left), let second = canonical(right) else {
            return left.lowercased() == right.lowercased()
        }
        return first == second
    }

    /// The codes of ISO 639-2/B, from the languages' English names, that differ from those of
    /// 639-2/T, which ICU knows. Matroska files have the former.
    private static let bibliographic = [
        "alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces",
        "dut": "nld", "fre": "fra", "geo": "kat", "ger": "deu", "gre": "ell", "ice": "isl",
        "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas", "rum": "ron", "slo": "slk",
        "tib": "bod", "wel": "cym",
    ]
}
