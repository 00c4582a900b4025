import Corpus
import SQLite

extension TextStore {
    /// Reads every passage and compares it with its checksum, then compares the index with the
    /// passages, which needs a connection that may write, though nothing is changed.
    /// - Returns: what is damaged; empty when all is well.
    package func integrityCheck() throws -> [TextDamage] {
        var damage: [TextDamage] = []
        let statement = try connection.statement(
            "SELECT \(StoredPassage.columns) FROM passages ORDER BY row")
        try statement.forEachRow { row in
            do {
                _ = try StoredPassage(reading: row)
            } catch TextSearchError.damagedPassage(let row) {
                damage.append(.passage(row: row))
            }
            return true
        }
        do {
            // The 1 asks for the passages to be compared too, not only the index with itself.
            try connection.execute(
                "INSERT INTO passage_index(passage_index, rank) VALUES ('integrity-check', 1)")
        } catch SQLiteError.corrupt {
            damage.append(.index)
        }
        if try !postings.fitThePassages(), !damage.contains(.index) { damage.append(.index) }
        return damage
    }
}

/// Something that `TextStore.integrityCheck` found.
package enum TextDamage: Sendable, Equatable, CustomStringConvertible {
    case passage(row: Int64)
    /// The index and the passages disagree.
    case index

    package var description: String {
        switch self {
        case .passage(let row): TextSearchError.damagedPassage(row: row).description
        case .index:
            "The text index does not fit the passages. Make it again: reel doctor --repair"
        }
    }
}
