import Foundation

/// CLIP's tokenizer: lower-cased text is cut into words, and each word's bytes are joined by
/// byte-pair encoding (Sennrich et al. 2016) with a mark at the word's end (Radford et al. 2021).
package struct CLIPTokenizer: Tokenizer {
    package let startID: Int
    package let endID: Int
    private let unknownID: Int
    private let vocabulary: Vocabulary
    private let merges: BytePairMerges
    private let specials: SpecialTokens

    struct SpecialNames {
        var start = "<|startoftext|>"
        var end = "<|endoftext|>"
        var unknown = "<|endoftext|>"
    }

    /// `specialTokens` besides the named ones; `path` for errors.
    init(
        vocabulary: Vocabulary, merges: BytePairMerges, specialTokens: [String: Int],
        names: SpecialNames, path: String
    ) throws(TokenizerError) {
        func id(_ token: String) throws(TokenizerError) -> Int {
            guard let id = specialTokens[token] ?? vocabulary.id(of: token) else {
                throw .missingSpecialToken(path: path, token: token)
            }
            return id
        }
        startID = try id(names.start)
        endID = try id(names.end)
        unknownID = try id(names.unknown)
        var specials = specialTokens
        specials[names.start] = startID
        specials[names.end] = endID
        specials[names.unknown] = unknownID
        self.specials = SpecialTokens(specials)
        self.vocabulary = vocabulary
        self.merges = merges
    }

    package func token(for id: Int) -> String? { vocabulary.token(for: id) }

    package func encode(_ text: String, maximumLength: Int) -> Encoding {
        var collector = IDCollector(
            startID: startID, endID: endID, maximumLength: maximumLength)
        specials.split(text) { stretch in
            Self.normalized(stretch).withUnsafeBufferPointer { bytes in
                append(bytes, to: &collector)
            }
        } special: { id in
            collector.append(id)
        }
        return collector.encoding()
    }

    /// Composed (NFC) and lower-cased character by character; spaces need no change, since they
    /// only separate.
    private static func normalized(_ text: Substring) -> [UInt8] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 32 : $0 }
        }
        var result: [UInt8] = []
        for scalar in String(text).precomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.isASCII {
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                result.append(byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte)
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
        return result
    }

    // MARK: Words

    private enum Kind {
        case space, letter, number, other
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        if scalar.isASCII {
            switch scalar.value {
            case 0x20, 0x09...0x0D: return .space
            case 0x30...0x39: return .number
            case 0x41...0x5A, 0x61...0x7A: return .letter
            default: return .other
            }
        }
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }

    /// What CLIP's pattern lists before its classes,
    /// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`.
    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.utf8)
    }
    /// In the lower-cased text these can only come from capitals, so they are no special tokens;
    /// the reference cuts them out whole and then, with GPT-2's pattern, into three.
    private static let spelledOut = [["<|", "startoftext", "|>"], ["<|", "endoftext", "|>"]].map {
        $0.map { Array($0.utf8) }
    }

    private func append(
        _ bytes: UnsafeBufferPointer<UInt8>, to collector: inout IDCollector
    ) -> Bool {
        var position = 0
        while position < bytes.count {
            let (first, length) = UTF8Text.scalar(at: position, in: bytes)
            let kind = Self.kind(of: first)
            var end = position + length
            if first == "<",
                let parts = Self.spelledOut.first(where: { parts in
                    bytes[position...].starts(with: parts.joined())
                })
            {
                for part in parts {
                    guard part.withUnsafeBufferPointer({ appendWord($0, to: &collector) }) else {
                        return false
                    }
                    position += part.count
                }
                continue
            }
            if first == "'",
                let contraction = Self.contractions.first(where: {
                    bytes[position...].starts(with: $0)
                })
            {
                end = position + contraction.count
            } else if kind == .letter || kind == .other {
                while end < bytes.count {
                    let (next, length) = UTF8Text.scalar(at: end, in: bytes)
                    guard Self.kind(of: next) == kind else { break }
                    end += length
                }
            }
            if kind != .space {
                let word = UnsafeBufferPointer(rebasing: bytes[position..<end])
                guard appendWord(word, to: &collector) else { return false }
            }
            position = end
        }
        return true
    }

    private func appendWord(
        _ word: UnsafeBufferPointer<UInt8>, to collector: inout IDCollector
    ) -> Bool {
        for piece in merges.pieces(of: word) {
            let id = piece.withUnsafeBufferPointer { vocabulary.id(of: $0) }
            guard collector.append(id ?? unknownID) else { return false }
        }
        return true
    }
}
