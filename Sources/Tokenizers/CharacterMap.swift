internal import UnicodeText

/// SentencePiece's `precompiled_charsmap`: which strings of characters stand for which (Kudo and
/// Richardson 2018), as a double-array trie (Aoe 1989) with the replacements end to end behind it.
///
/// Applied as the reference does, oddities included: a grapheme cluster of fewer than six bytes is
/// looked up whole, and the *shortest* entry it begins with replaces all of it.
struct CharacterMap: Sendable {
    /// Units of the trie: label and flags below, offset above.
    private let units: [UInt32]
    /// UTF-8, each string ended by a zero byte.
    private let strings: [UInt8]

    /// - Throws: a sentence's rest on what is wrong.
    init(_ blob: [UInt8]) throws(Fault) {
        guard blob.count >= 4 else { throw Fault(reason: "it is shorter than its header") }
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(blob[index + $1]) << (8 * UInt32($1)) }
        }
        let size = Int(word(0))
        guard size % 4 == 0, size >= 4, size <= blob.count - 4 else {
            throw Fault(reason: "its trie of \(size) bytes does not fit")
        }
        units = (0..<size / 4).map { word(4 + 4 * $0) }
        strings = Array(blob[(4 + size)...])
        guard String(validating: strings, as: UTF8.self) != nil else {
            throw Fault(reason: "its replacements are not UTF-8")
        }
    }

    struct Fault: Error {
        let reason: String
    }

    /// What stands for a text: that of the shortest entry it begins with.
    private func replacement(
        of text: UTF8Text.Bytes
    ) -> ArraySlice<UInt8>? {
        units.withUnsafeBufferPointer { units in
            var node = Self.offset(units[0])
            for byte in text {
                guard byte != 0 else { return nil }
                node ^= Int(byte)
                guard node < units.count else { return nil }
                let unit = units[node]
                guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
                node ^= Self.offset(unit)
                guard unit >> 8 & 1 == 1 else { continue }
                guard node < units.count else { return nil }
                let start = Int(units[node] & 0x7FFF_FFFF)
                guard start <= strings.count else { return nil }
                return strings[start...].prefix { $0 != 0 }
            }
            return nil
        }
    }

    private static func offset(_ unit: UInt32) -> Int {
        Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
    }

    func apply(to text: inout NormalizedText, room: inout [UInt8]) {
        room.removeAll(keepingCapacity: true)
        text.bytes.withUnsafeBufferPointer { bytes in
            room.reserveCapacity(bytes.count + bytes.count / 4)
            var position = 0
            while position < bytes.count {
                let end = GraphemeClusters.end(of: position, in: bytes)
                let cluster = UTF8Text.rebased(bytes, position..<end)
                position = end
                if cluster.count < 6, let replacement = replacement(of: cluster) {
                    room.append(contentsOf: replacement)
                    continue
                }
                var start = 0
                while start < cluster.count {
                    let length = UTF8Text.length(ofLead: cluster[start])
                    let scalar = UTF8Text.rebased(cluster, start..<start + length)
                    if let replacement = replacement(of: scalar) {
                        room.append(contentsOf: replacement)
                    } else {
                        room.append(contentsOf: scalar)
                    }
                    start += length
                }
            }
        }
        swap(&text.bytes, &room)
    }
}

/// Where what a reader takes for one character ends (Unicode Standard Annex #29).
enum GraphemeClusters {
    /// The end of the cluster that begins at a byte. Most clusters are one scalar between two
    /// that always stand alone; Swift's own rules decide on the others.
    static func end(of start: Int, in bytes: UTF8Text.Bytes) -> Int {
        let limit = start + windowLimit
        let (first, length) = UTF8Text.scalar(at: start, in: bytes)
        var end = start + length
        guard end < bytes.count else { return end }
        if first.isASCII, bytes[end] < 0x80 {
            return first == "\r" && bytes[end] == UInt8(ascii: "\n") ? end + 1 : end
        }
        // A window to the next break that is certain.
        var last = first
        var isFirst = true
        while end < bytes.count, end < limit {
            let (next, length) = UTF8Text.scalar(at: end, in: bytes)
            if standsAlone(last), standsAlone(next) { break }
            last = next
            end += length
            isFirst = false
        }
        if isFirst { return end }
        let window = String(decoding: UTF8Text.rebased(bytes, start..<end), as: UTF8.self)
        return start + (window.first?.utf8.count ?? end - start)
    }

    /// Bytes looked at for one cluster, which could go on for ever.
    private static let windowLimit = 1024

    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? scalar.value >= 0x20 && scalar.value != 0x7F
            : ScalarProperties.of(scalar).standsAlone
    }
}
