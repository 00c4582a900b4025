package import Corpus
import SQLite

extension TextStore {
    /// The passages of an asset that share time with a span, and those about the whole of it, in
    /// order, from the first.
    package func passages(
        of asset: AssetID, overlapping span: TimeSpan, limit: Int
    ) throws -> [Passage] {
        try connection.statement(
            """
            SELECT \(StoredPassage.columns) FROM passages
            WHERE asset = ?1 AND (start_ms IS NULL OR (start_ms < ?3 AND end_ms > ?2)
                OR (start_ms = end_ms AND start_ms BETWEEN ?2 AND ?3))
            ORDER BY ordinal LIMIT ?4
            """
        ).rows(
            asset.value, span.startSeconds * 1000, max(span.endSeconds, span.startSeconds) * 1000,
            limit
        ) { try StoredPassage(reading: $0).passage }
    }

    /// Where a passage belongs, without reading its text. Its checksum is compared when it is read.
    package func place(of asset: AssetID, ordinal: Int) throws -> PassagePlace? {
        try connection.statement(
            "SELECT start_ms, end_ms, source FROM passages WHERE asset = ?1 AND ordinal = ?2"
        ).first(asset.value, ordinal, read: PassagePlace.init(reading:))
    }

    /// Where the passages of an asset belong, by ordinal; nil where there is none.
    package func places(of asset: AssetID) throws -> [PassagePlace?] {
        var places: [PassagePlace?] = []
        try connection.statement(
            """
            SELECT start_ms, end_ms, source, ordinal FROM passages WHERE asset = ?1
            ORDER BY ordinal
            """
        ).forEachRow(asset.value) { row in
            let ordinal = row.int(3)
            // Ordinals follow one another; a file that says otherwise must not fill the memory.
            guard ordinal >= places.count, ordinal < places.count + 1024 else { return true }
            while places.count < ordinal { places.append(nil) }
            places.append(PassagePlace(reading: row))
            return true
        }
        return places
    }
}

/// Where a passage belongs, and what it is.
package struct PassagePlace: Sendable, Equatable {
    /// Nil when the passage is about the whole asset.
    package var span: TimeSpan?
    /// Nil when the row is damaged.
    package var source: PassageSource?

    init(reading row: Statement) {
        if let start = row.optionalInt(0), let end = row.optionalInt(1) {
            span = TimeSpan(startSeconds: Double(start) / 1000, endSeconds: Double(end) / 1000)
        }
        source = PassageSource(rawValue: row.text(2))
    }
}
