import CStemmer

/// How the words of a passage are brought to their stems; recorded with what was indexed, since a
/// query, which has no language, is stemmed in every way that was used.
struct StemmingRule: Hashable, Sendable {
    /// A language as Snowball knows it, or one of the names below.
    let name: String

    /// The language is not known: words of the letters a to z are taken for English.
    static let unknownLanguage = StemmingRule(name: "unknown")
    /// The language is known, and has no stemmer: Chinese, Polish, Thai.
    static let wordsAsTheyAre = StemmingRule(name: "none")
}

/// Snowball's stemmers (M. F. Porter, *Snowball: A language for stemming algorithms*, 2001), each
/// made when first needed. Words come folded: without case, accents and vowel points.
///
/// Not `Sendable`: a stemmer keeps its last word in itself.
final class WordStemmer {
    /// Nil for a code that Snowball does not know.
    private var stemmers: [String: OpaquePointer?] = [:]
    /// Shorter words stay: two letters have no ending.
    private static let shortestWord = 3  // bytes
    /// Rejecting unknown codes must not fill memory, wherever codes come from.
    private static let codeLimit = 1000

    deinit {
        for case let stemmer? in stemmers.values { sb_stemmer_delete(stemmer) }
    }

    /// - Parameter language: ISO 639 code of two or three letters, perhaps with a region
    ///   (`en`, `eng`, `pt-BR`); nil or `und` when it is not known.
    func rule(for language: String?) -> StemmingRule {
        let code = (language ?? "").lowercased().prefix { $0 != "-" && $0 != "_" }
        guard !code.isEmpty, code != "und" else { return .unknownLanguage }
        guard (2...3).contains(code.utf8.count),
            code.utf8.allSatisfy((UInt8(ascii: "a")...UInt8(ascii: "z")).contains),
            stemmer(String(code)) != nil
        else { return .wordsAsTheyAre }
        return StemmingRule(name: String(code))
    }

    private func stemmer(_ code: String) -> OpaquePointer? {
        if let known = stemmers[code] { return known }
        // Snowball takes the codes of ISO 639-1, -2 and -3, and counts in UTF-8 by default.
        let made = sb_stemmer_new(code, nil)
        if made != nil || stemmers.count < Self.codeLimit { stemmers[code] = .some(made) }
        return made
    }

    /// Hands `body` the stem of a folded word, valid during the call.
    func withStem<Result>(
        of word: UnsafeBufferPointer<UInt8>, by rule: StemmingRule,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        guard rule != .wordsAsTheyAre, word.count >= Self.shortestWord,
            rule != .unknownLanguage || Self.isPlainLatin(word),
            let stemmer = stemmer(rule == .unknownLanguage ? "en" : rule.name),
            let stem = sb_stemmer_stem(stemmer, word.baseAddress, Int32(word.count))
        else { return try body(word) }
        let length = Int(sb_stemmer_length(stemmer))
        return try body(length > 0 ? UnsafeBufferPointer(start: stem, count: length) : word)
    }

    func stem(of word: String, by rule: StemmingRule) -> String {
        var word = word
        return word.withUTF8 { utf8 in
            withStem(of: utf8, by: rule) { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func isPlainLatin(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        word.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "'") }
    }
}
