package import Corpus
internal import SQLite

/// Reads of a few assets out of many.
extension Catalog {
    /// The assets behind a path, in order of path (byte by byte), each at the first of its paths.
    ///
    /// Walks along the files' own order, so that a page costs the same anywhere in a library.
    /// - Parameters:
    ///   - path: of the last asset of the page before; nil from the beginning.
    ///   - isWanted: leaves assets out.
    func assets(
        after path: String?, limit: Int, where isWanted: (AssetID) -> Bool
    ) throws -> [AssetSummary] {
        var found: [AssetID] = []
        try connection.statement(
            """
            SELECT asset FROM files AS here
            WHERE path > ?1 AND asset NOT NULL AND NOT EXISTS (
                SELECT 1 FROM files WHERE asset = here.asset AND path < here.path)
            ORDER BY path
            """
        ).forEachRow(path ?? "") { row in
            let asset = AssetID(value: max(0, row.int(0)))
            if isWanted(asset) { found.append(asset) }
            return found.count < limit
        }
        return try found.compactMap(asset)
    }

    /// Every path that an asset was seen at, in order.
    func paths(of asset: AssetID) throws -> [String] {
        try connection.statement("SELECT path FROM files WHERE asset = ? ORDER BY path")
            .rows(asset.value) { $0.text(0) }
    }

    /// Every file that holds an asset, as it was when it was last looked at, in order of path.
    func files(of asset: AssetID) throws -> [FileRecord] {
        try connection.statement(
            "SELECT \(FileRow.columns) FROM files WHERE asset = ? ORDER BY path"
        )
        .rows(asset.value) { FileRow(unchecked: $0).record }
    }

    /// Whether there is a passage of one of these sources in an asset.
    func hasPassage(of asset: AssetID, from sources: [PassageSource]) throws -> Bool {
        let statement = try connection.statement(
            "SELECT 1 FROM passages WHERE asset = ? AND source = ? LIMIT 1")
        return try sources.contains { source in
            try statement.first(asset.value, source.rawValue) { _ in true } ?? false
        }
    }
}

extension LibraryReader {
    /// As `Catalog.assets(after:limit:where:)`.
    package func assets(
        after path: String?, limit: Int, passing filter: AssetFilter
    ) throws -> [AssetSummary] {
        guard !filter.isEmpty else {
            return try catalog.assets(after: path, limit: limit) { _ in true }
        }
        let passing = try assets(passing: filter)
        return try catalog.assets(after: path, limit: limit) { passing.contains($0) }
    }

    package func paths(of asset: AssetID) throws -> [String] { try catalog.paths(of: asset) }

    package func files(of asset: AssetID) throws -> [FileRecord] {
        try catalog.files(of: asset)
    }

    package func hasPassage(
        of asset: AssetID, from sources: [PassageSource]
    ) throws -> Bool { try catalog.hasPassage(of: asset, from: sources) }
}
