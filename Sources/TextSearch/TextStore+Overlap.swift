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
}
