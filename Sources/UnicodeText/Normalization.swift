import CICU

/// Unicode's normalisation forms (Unicode Standard Annex #15).
package enum Normalization {
    /// Composed: `é` is one scalar.
    package static func nfc(_ text: String) -> String { TextForm.nfc.apply(to: text) }
    /// Decomposed: `é` is `e` and an accent.
    package static func nfd(_ text: String) -> String { TextForm.nfd.apply(to: text) }
    /// Composed, and `ﬁ`, `①`, `Ａ` replaced by what they stand for.
    package static func nfkc(_ text: String) -> String { TextForm.nfkc.apply(to: text) }
    /// Decomposed, and `ﬁ`, `①`, `Ａ` replaced by what they stand for.
    package static func nfkd(_ text: String) -> String { TextForm.nfkd.apply(to: text) }
}

/// A way of spelling text, as CICU numbers them.
package enum TextForm {
    case nfc, nfd, nfkc, nfkd, search

    private var code: Int32 {
        switch self {
        case .nfc: Int32(REEL_FORM_NFC)
        case .nfd: Int32(REEL_FORM_NFD)
        case .nfkc: Int32(REEL_FORM_NFKC)
        case .nfkd: Int32(REEL_FORM_NFKD)
        case .search: Int32(REEL_FORM_SEARCH)
        }
    }

    /// ICU counts in 32 bits, and a scalar may grow to 18 units: longer texts are cut, before a
    /// byte of ASCII where one is near, since nothing joins ASCII to what stands before it.
    package static let pieceLimit = 1 << 24  // bytes

    func apply(to text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            guard self == .search || !utf8.allSatisfy({ $0 < 0x80 }) else {
                return String(decoding: utf8, as: UTF8.self)
            }
            var result: [UInt8] = []
            append(utf8, to: &result)
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter version: major version of Unicode, 1…15, as which the form is taken: younger
    ///   scalars stay as they are. Nil for ICU's own. `search` has no older versions.
    package func append(
        _ text: UnsafeBufferPointer<UInt8>, to result: inout [UInt8], version: Int? = nil,
        pieceLimit: Int = TextForm.pieceLimit
    ) {
        var rest = text[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.pieceLength(of: rest, limit: pieceLimit))
            append(
                piece: UnsafeBufferPointer(rebasing: piece), to: &result,
                version: version.map(Int32.init))
            rest = rest[piece.endIndex...]
        }
    }

    private static func pieceLength(
        of text: Slice<UnsafeBufferPointer<UInt8>>, limit: Int
    ) -> Int {
        guard text.count > limit else { return text.count }
        let window = text.prefix(limit)
        // Searching 4 KiB back is enough for any text people write.
        let places = window.dropFirst()
        let cut =
            places.suffix(4096).lastIndex { $0 < 0x80 }
            ?? places.lastIndex { $0 & 0xc0 != 0x80 } ?? window.endIndex
        return cut - text.startIndex
    }

    private func append(
        piece: UnsafeBufferPointer<UInt8>, to result: inout [UInt8], version: Int32?
    ) {
        let guess = piece.count + piece.count / 2 + 16
        var needed = 0
        let written = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: guess) { room in
            needed = write(piece, to: room, version)
            guard needed <= room.count else { return false }
            result.append(contentsOf: room.prefix(needed))
            return true
        }
        guard !written else { return }
        result += [UInt8](unsafeUninitializedCapacity: needed) { room, count in
            count = min(write(piece, to: room, version), room.count)
        }
    }

    /// - Returns: bytes the form takes; more than the room has when it did not fit.
    private func write(
        _ piece: UnsafeBufferPointer<UInt8>, to room: UnsafeMutableBufferPointer<UInt8>,
        _ version: Int32?
    ) -> Int {
        var status: Int32 = 0
        let needed =
            if let version {
                reel_text_form_of_age(
                    code, version, piece.baseAddress, Int32(piece.count), room.baseAddress,
                    Int32(room.count), &status)
            } else {
                reel_text_form(
                    code, piece.baseAddress, Int32(piece.count), room.baseAddress,
                    Int32(room.count), &status)
            }
        // The tables are compiled into ICU's library and the piece is short enough: what is left
        // is that memory ran out, where Swift itself stops.
        precondition(needed >= 0, String(cString: reel_icu_error_name(status)))
        return Int(needed)
    }
}
