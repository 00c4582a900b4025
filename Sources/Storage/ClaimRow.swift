internal import Corpus
internal import SQLite

/// A row of `asset_vectors`, with its checksum: which rows of a segment are an asset's.
struct ClaimRow {
    var asset: AssetID
    var space: String
    /// Nil when the asset has no rows in the space.
    var segment: Int64?
    var firstRow: Int
    var rows: Int

    static let columns = "asset, space, segment, first_row, rows, checksum"

    init(asset: AssetID, space: VectorSpace.Name, segment: Int64?, firstRow: Int, rows: Int) {
        self.asset = asset
        self.space = space.rawValue
        self.segment = segment
        self.firstRow = firstRow
        self.rows = rows
    }

    /// - Throws: `StorageError.damagedRow` when the row is not what was written.
    static func reading(_ row: Statement) throws -> ClaimRow {
        let claim = ClaimRow(unchecked: row)
        guard row.int(0) >= 0, claim.checksum == row.int(5) else {
            throw StorageError.damagedRow(
                table: "asset_vectors", row: "\(claim.space) of asset \(claim.asset)")
        }
        return claim
    }

    /// All but the checksum, which a library of format 2 does not have.
    init(unchecked row: Statement) {
        asset = AssetID(value: max(0, row.int(0)))
        space = row.text(1)
        segment = row.optionalInt(2)
        firstRow = Int(row.int(3))
        rows = Int(row.int(4))
    }

    var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(asset.value)
        checksum.add(space)
        checksum.add(segment)
        checksum.add(firstRow)
        checksum.add(rows)
        return checksum.value
    }

    func write(to connection: Connection) throws {
        try connection.statement(
            "INSERT OR REPLACE INTO asset_vectors (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?)"
        ).run(asset.value, space, segment, firstRow, rows, checksum)
    }
}
