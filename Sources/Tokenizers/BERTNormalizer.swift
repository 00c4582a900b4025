internal import UnicodeText

/// What BERT does to text before cutting it: drops control characters, makes all spaces alike,
/// sets Chinese characters apart, takes accents off, lowers case (Devlin et al. 2018).
struct BERTNormalizer: Sendable, Equatable {
    var lowercases = true
    /// Nil: as `lowercases`.
    var stripsAccents: Bool?
    /// Puts spaces around Chinese characters, so that each is a word.
    var separatesChineseCharacters = true
    var cleansText = true

    func apply(to text: inout NormalizedText, room: inout [UInt8]) {
        let stripsAccents = stripsAccents ?? lowercases
        if text.bytes.withUnsafeBufferPointer(UTF8Text.isASCII) {
            applyToASCII(&text)
            return
        }
        clean(&text, room: &room)
        if stripsAccents { Self.stripAccents(&text, room: &room) }
        if lowercases { Normalizer.lowercase(&text, room: &room) }
    }

    private func applyToASCII(_ text: inout NormalizedText) {
        var kept = 0
        var beginsAtStart = text.beginsAtStart
        text.bytes.withUnsafeMutableBufferPointer { bytes in
            for index in bytes.indices {
                var byte = bytes[index]
                if cleansText, byte < 0x20 || byte == 0x7F {
                    guard byte == 0x09 || byte == 0x0A || byte == 0x0D else {
                        if kept == 0 { beginsAtStart = false }
                        continue
                    }
                    byte = 0x20
                }
                bytes[kept] = lowercases && (0x41...0x5A).contains(byte) ? byte + 32 : byte
                kept += 1
            }
        }
        text.bytes.removeSubrange(kept...)
        text.beginsAtStart = beginsAtStart
    }

    private func clean(_ text: inout NormalizedText, room: inout [UInt8]) {
        guard cleansText || separatesChineseCharacters else { return }
        let cleansText = cleansText
        let separates = separatesChineseCharacters
        text.mapScalars(room: &room) { scalar, result in
            if cleansText, Self.isDropped(scalar) { return }
            if cleansText, CharacterClasses.isWhitespace(scalar) {
                result.append(0x20)
            } else if separates, Self.isChinese(scalar) {
                result.append(0x20)
                UTF8Text.append(scalar, to: &result)
                result.append(0x20)
            } else {
                UTF8Text.append(scalar, to: &result)
            }
        }
    }

    private static func stripAccents(_ text: inout NormalizedText, room: inout [UInt8]) {
        Normalizer.apply(.nfd, to: &text, room: &room)
        text.mapScalars(room: &room) { scalar, result in
            if scalar.isASCII || !CharacterClasses.isBERTAccent(scalar) {
                UTF8Text.append(scalar, to: &result)
            }
        }
    }

    // MARK: Kinds of characters

    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return false
        case 0, 0xFFFD: return true
        case 0x20..<0x7F: return false
        default: break
        }
        let properties = ScalarProperties.of(scalar)
        switch properties.category {
        case .control, .privateUse: return true
        case .format: return properties.age <= 8
        default: return false
        }
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
