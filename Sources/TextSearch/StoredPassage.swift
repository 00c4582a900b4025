import CKernels
package import Corpus
import SQLite

/// A passage and its place in the library.
package struct StoredPassage: Sendable, Equatable {
    package let row: Int64
    package let asset: AssetID
    /// Number among the asset's passages.
    package let ordinal: Int
    package let passage: Passage

    package init(row: Int64, asset: AssetID, ordinal: Int, passage: Passage) {
        self.row = row
        self.asset = asset
        self.ordinal = ordinal
        self.passage = passage
    }
}

extension StoredPassage {
    /// In the order of `init(reading:)`.
    static let columns =
        "row, asset, ordinal, start_ms, end_ms, source, language, text, checksum"

    /// Trusts nothing in the row: a checksum covers all of it.
    init(reading row: Statement) throws {
        let damaged = TextSearchError.damagedPassage(row: row.int(0))
        let (start, end) = (row.optionalInt(3), row.optionalInt(4))
        guard row.int(1) >= 0, let ordinal = Int(exactly: row.int(2)),
            let source = PassageSource(rawValue: row.text(5)), (start == nil) == (end == nil)
        else { throw damaged }
        var span: TimeSpan?
        if let start, let end {
            span = TimeSpan(startSeconds: Double(start) / 1000, endSeconds: Double(end) / 1000)
        }
        self.init(
            row: row.int(0), asset: AssetID(value: row.int(1)), ordinal: ordinal,
            passage: Passage(
                text: row.text(7), source: source, span: span, language: row.optionalText(6)))
        guard checksum(startMilliseconds: start, end) == row.int(8) else { throw damaged }
    }

    /// CRC32C over all fields; each text is preceded by its length, each field by whether it is
    /// there, so that no two passages are spelled alike.
    func checksum(startMilliseconds: Int64?, _ endMilliseconds: Int64?) -> Int64 {
        var checksum: UInt32 = 0
        func add(_ number: Int64?) {
            let isThere: UInt8 = number == nil ? 0 : 1
            withUnsafeBytes(of: isThere) { checksum = reel_crc32c(checksum, $0.baseAddress, 1) }
            withUnsafeBytes(of: (number ?? 0).littleEndian) {
                checksum = reel_crc32c(checksum, $0.baseAddress, $0.count)
            }
        }
        func add(_ text: String?) {
            add(text.map { Int64($0.utf8.count) })
            var text = text ?? ""
            text.withUTF8 { checksum = reel_crc32c(checksum, $0.baseAddress, $0.count) }
        }
        add(row)
        add(asset.value)
        add(Int64(ordinal))
        add(startMilliseconds)
        add(endMilliseconds)
        add(passage.source.rawValue)
        add(passage.language)
        add(passage.text)
        return Int64(checksum)
    }
}
