internal import Foundation
internal import UnicodeText

/// Which cases have which terms, for a range of cases: pairs of characters, and words.
///
/// The file `text-<number>-<generation>`, a `CheckedFile`: `about` (JSON), `ids` (Int64, of each
/// case), `pairs` and `words` (UInt32, how many each case has), `keys` (UInt64, ascending),
/// `starts` (UInt64, where each key's postings begin; one more than keys), `places` (UInt32, of the
/// case in `ids`) and `counts` (UInt8, at most 255).
package final class TextSegment: Sendable {
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
    static let termVersion = "pairs 1, ICU \(UnicodeTables.icuVersion)"

    enum Field: Int, CaseIterable, Sendable { case pairs, words }

    static func field(of key: UInt64) -> Field { key >> 63 == 1 ? .words : .pairs }

    private let file: CheckedFile
    let count: Int
    /// Terms of each field in all cases.
    let totals: [Field: Double]

    init(path: String) throws {
        file = try CheckedFile(path: path, kind: Self.kind)
        count = try file.numbers("ids", of: Int64.self).count
        var totals: [Field: Double] = [:]
        for field in Field.allCases {
            totals[field] = try file.numbers(
                Self.section(field), of: UInt32.self, count: count
            ).reduce(0) { $0 + Double($1) }
        }
        self.totals = totals
        let keys = try file.numbers("keys", of: UInt64.self)
        let starts = try file.numbers("starts", of: UInt64.self, count: keys.count + 1)
        let places = try file.numbers("places", of: UInt32.self)
        _ = try file.numbers("counts", of: UInt8.self, count: places.count)
        // Everything that is used as a place without another look is looked at here.
        guard starts.last == UInt64(places.count),
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }),
            places.allSatisfy({ $0 < UInt32(count) })
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

    func ids() throws -> UnsafeBufferPointer<Int64> { try file.numbers("ids", of: Int64.self) }

    func lengths(_ field: Field) throws -> UnsafeBufferPointer<UInt32> {
        try file.numbers(Self.section(field), of: UInt32.self)
    }

    /// Places of a term's postings; empty when no case has it.
    func postings(of key: UInt64) throws -> Range<Int> {
        let keys = try file.numbers("keys", of: UInt64.self)
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return 0..<0 }
        let starts = try file.numbers("starts", of: UInt64.self)
        return Int(starts[low])..<Int(starts[low + 1])
    }

    func places() throws -> UnsafeBufferPointer<UInt32> {
        try file.numbers("places", of: UInt32.self)
    }

    func counts() throws -> UnsafeBufferPointer<UInt8> {
        try file.numbers("counts", of: UInt8.self)
    }
}
