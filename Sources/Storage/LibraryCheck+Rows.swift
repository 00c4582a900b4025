internal import Corpus
internal import SQLite

/// Compares the catalogue's rows with their checksums and with one another.
extension LibraryCheck {
    func checkFiles() throws -> [Finding] {
        let damaged = try connection.statement(
            "SELECT \(FileRow.columns) FROM files ORDER BY path"
        ).rows { row in
            FileRow(reading: row) == nil
                ? (path: row.text(0), asset: row.optionalInt(1)) : nil
        }.compactMap { $0 }
        let astray = try connection.statement(
            """
            SELECT id FROM assets WHERE NOT EXISTS (SELECT 1 FROM files WHERE asset = assets.id)
            """
        ).rows { AssetID(value: max(0, $0.int(0))) }
        let missing = try connection.prepare("PRAGMA foreign_key_check").rows { $0.text(0) }
        return damaged.map {
            // A row that is damaged is taken for a new file by the next run.
            Finding(
                description: "The catalogue's row of the file \($0.path) is damaged.",
                remedy: .readAgain(AssetID(value: max(0, $0.asset ?? 0))))
        }
            + astray.map {
                Finding(
                    description: "Asset \($0) belongs to no file.", remedy: .readAgain($0))
            }
            + Set(missing).sorted().map {
                Finding(
                    description: "Rows of \($0) in the catalogue name rows that are not there.",
                    remedy: .rebuild)
            }
    }

    func checkAssets() throws -> [Finding] {
        var found: [Finding] = []
        let assets = try connection.statement(
            "SELECT \(AssetRow.columns), checksum, partition FROM assets ORDER BY id"
        ).rows { row in
            let stored = try AssetRow(reading: row, from: connection)
            let isWhole =
                row.int(0) >= 0 && stored.digest.count == 32 && stored.checksum == row.int(8)
                && row.int(9) == Int64(stored.digest[31] & 63)
            return (id: stored.asset.id, isWhole: isWhole)
        }
        for asset in assets where !asset.isWhole {
            found.append(
                Finding(
                    description: "The catalogue's row of asset \(asset.id) is damaged, or it has "
                        + "lost key frames or passages.", remedy: .readAgain(asset.id)))
        }
        try connection.statement(
            "SELECT \(KeyFrameRow.columns) FROM key_frames ORDER BY asset, ordinal"
        ).forEachRow { row in
            do {
                _ = try KeyFrameRow.reading(row)
            } catch let error as StorageError {
                found.append(
                    Finding(
                        description: error.description,
                        remedy: .readAgain(AssetID(value: max(0, row.int(0))))))
            }
            return true
        }
        let calibration = try connection.statement(
            "SELECT generation, data, checksum FROM calibration"
        ).rows { row in
            StoredCalibration(generation: row.int(0), data: row.text(1)).checksum == row.int(2)
        }
        if calibration.contains(false) {
            found.append(
                Finding(
                    description: "What was measured about unrelated queries is damaged.",
                    remedy: .sweep))
        }
        return found
    }

    /// Every asset's vectors: as many as it has key frames or passages, in rows that are its own.
    func checkClaims() throws -> [Finding] {
        var found: [Finding] = []
        var end: [Int64: Int] = [:]
        let sizes = Dictionary(
            uniqueKeysWithValues: try connection.statement("SELECT id, rows FROM vector_segments")
                .rows { ($0.int(0), Int($0.int(1))) })
        try connection.statement(
            """
            SELECT \(ClaimRow.columns), CASE space
                WHEN 'frames' THEN
                    (SELECT count(*) FROM key_frames WHERE asset = asset_vectors.asset)
                ELSE (SELECT count(*) FROM passages WHERE asset = asset_vectors.asset) END
            FROM asset_vectors ORDER BY segment, first_row
            """
        ).forEachRow { row in
            let claim = ClaimRow(unchecked: row)
            var isSound = claim.checksum == row.int(5) && claim.rows == Int(row.int(6))
            if let segment = claim.segment {
                let size = sizes[segment] ?? 0
                let start = end[segment] ?? 0
                isSound =
                    isSound && claim.firstRow >= start && claim.rows >= 0
                    && claim.firstRow <= size && claim.rows <= size - claim.firstRow
                if isSound { end[segment] = claim.firstRow + claim.rows }
            } else {
                isSound = isSound && claim.rows == 0
            }
            if !isSound {
                found.append(
                    Finding(
                        description: "The catalogue does not say which \(claim.space) vectors are "
                            + "those of asset \(claim.asset).", remedy: .readAgain(claim.asset)))
            }
            return true
        }
        return found
    }
}
