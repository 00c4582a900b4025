package import Corpus
internal import SQLite

/// What a library knows of a file, as a run that looks for changes asks for it: all in one read.
package struct KnownFile: Sendable, Equatable {
    package var record: FileRecord
    /// Whether the record can be trusted by its time stamp: one written within two seconds of the
    /// file's last change may have missed a second change.
    package var isSettled: Bool
    /// What the library holds of its content; nil when the file could not be used.
    package var asset: KnownAsset?
}

/// What a library holds of an asset, as far as it decides whether to read its file again.
package struct KnownAsset: Sendable, Equatable {
    /// Signature of the subtitle files it was read with.
    package var companions = ""
    /// The spaces it was embedded in, also when it had nothing to embed.
    package var spaces: Set<VectorSpace.Name> = []
    /// As in `AssetRecord.steps`; empty when pictures of it were lost, so that all is done again.
    package var steps: [String: String] = [:]

    package init() {}
}

/// Every file of a library, by its path. Paths differ when a byte of them does, which a dictionary
/// of strings would not see.
package struct KnownFiles: Sendable {
    private var byPath: [PathText: KnownFile] = [:]

    package init() {}

    package subscript(path: String) -> KnownFile? { byPath[PathText(path)] }

    package var paths: [String] { byPath.keys.map(\.text) }
    package var count: Int { byPath.count }

    fileprivate mutating func add(_ file: KnownFile) {
        byPath[PathText(file.record.path)] = file
    }
}

extension Catalog {
    /// A record that is damaged is left out: its file is read again, as one that is new.
    func knownFiles() throws -> KnownFiles {
        let assets = try knownAssets()
        var known = KnownFiles()
        try connection.statement("SELECT \(FileRow.columns) FROM files").forEachRow { row in
            guard let stored = FileRow(reading: row) else { return true }
            known.add(
                KnownFile(
                    record: stored.record, isSettled: stored.isSettled,
                    asset: stored.record.asset.flatMap { assets[$0] }))
            return true
        }
        return known
    }

    /// Every asset of the library.
    func knownAssets() throws -> [AssetID: KnownAsset] {
        var known: [AssetID: KnownAsset] = [:]
        try connection.statement("SELECT id, companions FROM assets").forEachRow { row in
            var asset = KnownAsset()
            asset.companions = row.text(1)
            known[AssetID(value: max(0, row.int(0)))] = asset
            return true
        }
        try connection.statement("SELECT asset, space FROM asset_vectors").forEachRow { row in
            guard let space = VectorSpace.Name(rawValue: row.text(1)) else { return true }
            known[AssetID(value: max(0, row.int(0)))]?.spaces.insert(space)
            return true
        }
        try connection.statement("SELECT asset, step, tool FROM asset_steps").forEachRow { row in
            known[AssetID(value: max(0, row.int(0)))]?.steps[row.text(1)] = row.text(2)
            return true
        }
        return known
    }
}

extension LibraryReader {
    package func knownFiles() throws -> KnownFiles { try catalog.knownFiles() }
}

extension LibraryWriter {
    package func knownFiles() throws -> KnownFiles { try catalog.knownFiles() }

    package func knownAssets() throws -> [AssetID: KnownAsset] { try catalog.knownAssets() }

    /// One asset, as it is after the commits so far; nil when it is not in the library.
    package func knownAsset(_ id: AssetID) throws -> KnownAsset? {
        guard let companions = try companions(of: id) else { return nil }
        var known = KnownAsset()
        known.companions = companions
        let spaces = try connection.statement("SELECT space FROM asset_vectors WHERE asset = ?")
            .rows(id.value) { VectorSpace.Name(rawValue: $0.text(0)) }
        known.spaces = Set(spaces.compactMap { $0 })
        known.steps = try catalog.steps(of: id)
        return known
    }

    // MARK: One at a time

    package func files() throws -> [FileRecord] {
        try connection.statement("SELECT \(FileRow.columns) FROM files")
            .rows { FileRow(reading: $0)?.record }.compactMap { $0 }
    }

    /// As `KnownFile.isSettled`.
    package func isSettled(_ path: String) throws -> Bool {
        try connection.statement("SELECT \(FileRow.columns) FROM files WHERE path = ?")
            .first(path) { FileRow(reading: $0)?.isSettled ?? false } ?? false
    }

    /// Whether the asset is in the library with vectors in all of these spaces.
    package func isComplete(_ asset: AssetID, spaces: [VectorSpace.Name]) throws -> Bool {
        guard let known = try knownAsset(asset) else { return false }
        return known.spaces.isSuperset(of: spaces)
    }

    /// Signature of the subtitle files an asset was read with; nil when it is not in the library.
    package func companions(of asset: AssetID) throws -> String? {
        try connection.statement("SELECT companions FROM assets WHERE id = ?")
            .first(asset.value) { $0.text(0) }
    }
}
