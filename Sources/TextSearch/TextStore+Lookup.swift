package import Corpus
import SQLite

extension TextStore {
    /// The passage of an asset with a number, as vectors name it.
    package func passage(of asset: AssetID, ordinal: Int) throws -> StoredPassage? {
        try connection.statement(
            "SELECT \(StoredPassage.columns) FROM passages WHERE asset = ?1 AND ordinal = ?2"
        ).first(asset.value, ordinal, read: StoredPassage.init(reading:))
    }
}
