internal import UnicodeText

/// Which sequences of a fact are counted, and how.
package struct TermSettings: Sendable, Equatable, Codable {
    /// Characters of a sequence, 1…3.
    package var shortest = 1
    package var longest = 2
    /// Words of two characters or more, as ICU's dictionary cuts them.
    package var usesWords = false
    /// 1 + ln(count) in place of the count.
    package var isSublinear = true
    /// Sequences that fewer cases have are left out.
    package var minimumCases = 1

    package init() {}

    enum CodingKeys: String, CodingKey {
        case shortest, longest
        case usesWords = "words"
        case isSublinear = "sublinear"
        case minimumCases = "minimum_cases"
    }
}

/// Cuts facts into terms: sequences of characters, and words.
///
/// A sequence's key is its characters themselves, 21 bits each, so keys never collide; a word's is
/// a hash of 63 bits. As scikit-learn's `char` analyser does, letters are small and a run of white
/// space is one blank.
///
/// Holds ICU's segmenter: one thread at a time, hence not `Sendable`.
final class FactTerms {
    /// Sequences of at most this many characters have keys.
    static let longestSequence = 3
    private static let bitsPerScalar: UInt64 = 21
    private static let wordMark: UInt64 = 1 << 63

    /// CJK Unified Ideographs.
    private static let plainScalars: ClosedRange<UInt32> = 0x4E00...0x9FFF

    private let settings: TermSettings
    private let segmenter: WordSegmenter?
    private var scalars: [UInt32] = []
    private var table = CountTable()

    init(_ settings: TermSettings) throws {
        precondition(
            settings.shortest >= 1 && settings.longest <= Self.longestSequence,
            "Sequences have one to three characters.")
        self.settings = settings
        segmenter = settings.usesWords ? try WordSegmenter() : nil
    }

    /// Each term of the fact with how often it occurs, in no order.
    func counts(of fact: String) throws -> [(key: UInt64, count: UInt32)] {
        table.clear()
        readScalars(of: fact)
        let mask: UInt64 = (1 << (Self.bitsPerScalar * 3)) - 1
        var last: UInt64 = 0
        let lengths = UInt64(settings.shortest)...UInt64(settings.longest)
        for (index, scalar) in scalars.enumerated() {
            last = (last << Self.bitsPerScalar | UInt64(scalar)) & mask
            for length in lengths where UInt64(index) + 1 >= length {
                table.add(last & ((1 << (Self.bitsPerScalar * length)) - 1))
            }
        }
        if let segmenter { try countWords(fact, segmenter) }
        return table.entries
    }

    private func readScalars(of fact: String) {
        scalars.removeAll(keepingCapacity: true)
        var isInBlanks = false
        for scalar in fact.unicodeScalars {
            // The common Chinese characters are neither blank nor in two cases; asking Unicode's
            // tables takes longer than all else here.
            if Self.plainScalars.contains(scalar.value) {
                isInBlanks = false
                scalars.append(scalar.value)
                continue
            }
            if scalar.properties.isWhitespace {
                // A single tab or line break stays what it is; only runs become a blank.
                if isInBlanks {
                    scalars[scalars.count - 1] = 0x20
                } else {
                    scalars.append(scalar.value)
                }
                isInBlanks = true
                continue
            }
            isInBlanks = false
            if scalar.value < 0x80 {
                let isCapital = (0x41...0x5A).contains(scalar.value)
                scalars.append(isCapital ? scalar.value + 0x20 : scalar.value)
            } else if scalar.properties.changesWhenLowercased {
                scalars += scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
            } else {
                scalars.append(scalar.value)
            }
        }
    }

    private func countWords(_ fact: String, _ segmenter: WordSegmenter) throws {
        var fact = fact
        try fact.withUTF8 { utf8 in
            try segmenter.forEachWord(in: utf8) { word in
                let bytes = utf8[word.range]
                // One Chinese character is three bytes, and a sequence already.
                if bytes.count > 3 { table.add(Self.hash(bytes) | Self.wordMark) }
                return true
            }
        }
    }

    /// FNV-1a (Fowler, Noll, Vo), spread over all bits.
    private static func hash(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return mixed(hash)
    }

    /// Every bit of a key counts in its place (Murmur's finaliser).
    static func mixed(_ key: UInt64) -> UInt64 {
        var hash = key
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}

/// Counts of keys by open addressing: no allocation and no object a key.
struct CountTable {
    private var keys: [UInt64] = []
    private var counts: [UInt32] = []  // 0 where there is no key
    /// Places that are taken, in the order of coming.
    private var taken: [Int32] = []

    init(capacity: Int = 1 << 11) {
        keys = [UInt64](repeating: 0, count: capacity)
        counts = [UInt32](repeating: 0, count: capacity)
    }

    var count: Int { taken.count }

    mutating func add(_ key: UInt64, _ more: UInt32 = 1) {
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: FactTerms.mixed(key)) & mask
        while counts[place] != 0 {
            if keys[place] == key {
                counts[place] &+= more
                return
            }
            place = (place + 1) & mask
        }
        keys[place] = key
        counts[place] = more
        taken.append(Int32(place))
        if taken.count * 2 > keys.count { grow() }
    }

    private mutating func grow() {
        var larger = CountTable(capacity: keys.count * 2)
        larger.taken.reserveCapacity(keys.count)
        for place in taken { larger.add(keys[Int(place)], counts[Int(place)]) }
        self = larger
    }

    mutating func clear() {
        for place in taken { counts[Int(place)] = 0 }
        taken.removeAll(keepingCapacity: true)
    }

    var entries: [(key: UInt64, count: UInt32)] {
        taken.map { (keys[Int($0)], counts[Int($0)]) }
    }
}
