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
        "row, asset, ordinal, start_ms, end_ms, source, language, text, checksum, "
        + "confidence"

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
                text: row.text(7), source: source, span: span, language: row.optionalText(6),
                confidence: row.isNull(9) ? nil : row.double(9)))
        guard checksum(startMilliseconds: start, end) == row.int(8) else { throw damaged }
    }

    /// Over all fields. Who is sure of the text counts only where it is said, so that passages of
    /// libraries from before it was kept stay valid.
    func checksum(startMilliseconds: Int64?, _ endMilliseconds: Int64?) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(row)
        checksum.add(asset.value)
        checksum.add(ordinal)
        checksum.add(startMilliseconds)
        checksum.add(endMilliseconds)
        checksum.add(passage.source.rawValue)
        checksum.add(passage.language)
        checksum.add(passage.text)
        if let confidence = passage.confidence { checksum.add(confidence) }
        return checksum.value
    }
}
