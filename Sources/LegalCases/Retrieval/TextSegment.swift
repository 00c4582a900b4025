internal import CKernels
internal import UnicodeText

/// Which cases have which terms, for a range of cases: pairs of characters, and words.
///
/// The file `text-<number>-<generation>`, a `CheckedFile`: `about` (JSON), `ids` (Int64, of each
/// case), `pairs` and `words` (UInt32, how many each case has), `keys` (UInt64, ascending),
/// `starts` (UInt64, where each key's postings begin; one more than keys), `places` (UInt32, of the
/// case in `ids`) and `counts` (UInt8, at most 255).
///
/// `@unchecked Sendable`: the buffers lie in the memory of `file`, which is never written.
package final class TextSegment: @unchecked Sendable {
    static let kind = CheckedFile.Kind(magic: "REELCTXT", version: 1)

    /// Cuts facts as the segments' builder does.
    static var terms: TermSettings {
        var settings = TermSettings()
        settings.shortest = 2
        settings.longest = 2
        settings.usesWords = true
        return settings
    }

    /// Another ICU may cut words elsewhere: its segments are made again.
    static let termVersion = "pairs 2, ICU \(UnicodeTables.icuVersion)"

    /// How far apart the ids of a segment may lie: a flag for each is kept while searching.
    private static let idLimit: Int64 = 1 << 24

    enum Field: Int, CaseIterable, Sendable { case pairs, words }

    static func field(of key: UInt64) -> Field { key >> 63 == 1 ? .words : .pairs }

    private let file: CheckedFile
    /// Of the cases: those with the same first charge lie together, so that a search within a
    /// charge passes over most windows.
    let ids: UnsafeBufferPointer<Int64>
    /// The smallest and the largest of them.
    let idRange: ClosedRange<Int64>
    private let keys: UnsafeBufferPointer<UInt64>
    private let starts: UnsafeBufferPointer<UInt64>
    /// Cases by their place in `ids`; ascending for each term.
    let places: UnsafeBufferPointer<UInt32>
    /// 1…255.
    let counts: UnsafeBufferPointer<UInt8>
    private let lengths: [Field: UnsafeBufferPointer<UInt32>]
    /// Terms of each field in all cases.
    let totals: [Field: Double]

    var count: Int { ids.count }

    init(path: String) throws {
        let file = try CheckedFile(path: path, kind: Self.kind)
        self.file = file
        ids = try file.numbers("ids", of: Int64.self)
        let range = (ids.min() ?? 0)...(ids.max() ?? 0)
        idRange = range
        keys = try file.numbers("keys", of: UInt64.self)
        starts = try file.numbers("starts", of: UInt64.self, count: keys.count + 1)
        places = try file.numbers("places", of: UInt32.self)
        counts = try file.numbers("counts", of: UInt8.self, count: places.count)
        var lengths: [Field: UnsafeBufferPointer<UInt32>] = [:]
        for field in Field.allCases {
            lengths[field] = try file.numbers(
                Self.section(field), of: UInt32.self, count: ids.count)
        }
        self.lengths = lengths
        totals = lengths.mapValues { $0.reduce(0) { $0 + Double($1) } }
        // Everything that is used as a place without another look is looked at here.
        guard starts.first == 0, starts.last == UInt64(places.count),
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }),
            range.lowerBound >= 0, range.upperBound - range.lowerBound < Self.idLimit,
            reel_are_postings(
                starts.baseAddress, keys.count, places.baseAddress, counts.baseAddress,
                UInt32(ids.count))
        else {
            throw LegalCaseError.damagedFile(
                path: path, problem: "its postings do not fit its cases")
        }
    }

    static func section(_ field: Field) -> String {
        switch field {
        case .pairs: "pairs"
        case .words: "words"
        }
    }

    /// Terms of each case.
    func lengths(_ field: Field) -> UnsafeBufferPointer<UInt32> {
        lengths[field] ?? UnsafeBufferPointer(start: nil, count: 0)
    }

    /// For each id from the smallest on, whether it may be found.
    /// - Parameter allowed: ids, ascending.
    /// - Returns: nil when none of the segment's may be.
    func flags(of allowed: [Int64]) -> [Bool]? {
        var low = 0
        var high = allowed.count
        while low < high {
            let middle = (low + high) / 2
            if allowed[middle] < idRange.lowerBound { low = middle + 1 } else { high = middle }
        }
        guard low < allowed.count, allowed[low] <= idRange.upperBound else { return nil }
        var flags = [Bool](
            repeating: false, count: Int(idRange.upperBound - idRange.lowerBound) + 1)
        for id in allowed[low...] {
            guard id <= idRange.upperBound else { break }
            flags[Int(id - idRange.lowerBound)] = true
        }
        return flags
    }

    /// Places of a term's postings; empty when no case has it.
    func postings(of key: UInt64) -> Range<Int> {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return 0..<0 }
        return Int(starts[low])..<Int(starts[low + 1])
    }

    /// Of postings, those of cases from a place on.
    func postings(_ all: Range<Int>, from place: UInt32) -> Range<Int> {
        var low = all.lowerBound
        var high = all.upperBound
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low..<all.upperBound
    }
}
