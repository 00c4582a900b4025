package import Corpus
internal import Glibc
internal import SQLite
package import TextSearch
internal import VectorSearch

/// A library as it stood at one commit. Later commits do not show: open another reader for them.
package final class LibraryReader {
    package let paths: LibraryPaths
    package let generation: Int64
    /// Tells the library from any other, also from one that took its place.
    package let libraryID: String
    package let texts: TextStore
    let catalog: Catalog
    private let connection: Connection
    private let files: SegmentFiles

    /// - Parameter ranking: how its text is ranked.
    package init(root: String, ranking: TextRanking = TextRanking()) throws {
        paths = LibraryPaths(root: root)
        let manifest = try Manifest.read(from: paths)
        libraryID = manifest.libraryID
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        try CatalogMigration.runWhereNeeded(at: paths)
        let reached = GenerationMark.read(from: paths, libraryID: manifest.libraryID)
        connection = try Self.connection(to: paths)
        texts = try TextStore(connection: connection, ranking: ranking)
        // One read transaction for the reader's life: every later read sees this commit.
        try connection.execute("BEGIN")
        catalog = try Catalog(connection: connection, manifest: manifest, paths: paths)
        generation = try catalog.generation()
        try catalog.requireNotBehind(reached, paths: paths)
        files = try SegmentFiles(connection, paths: paths)
    }

    /// A write-ahead log needs a file beside the database even for reading. Where none may be made
    /// and none is there nobody writes, so that the database is taken as it stands.
    private static func connection(to paths: LibraryPaths) throws -> Connection {
        let isStill = !Disk.isWritable(paths.root) && access(paths.catalog + "-wal", F_OK) != 0
        return try Connection(path: paths.catalog, mode: isStill ? .immutable : .readOnly)
    }

    package func assets() throws -> [AssetSummary] { try catalog.assets() }

    package func asset(_ id: AssetID) throws -> AssetSummary? { try catalog.asset(id) }

    /// The asset alone, where what is known about it does not matter.
    package func plainAsset(_ id: AssetID) throws -> Asset? { try catalog.plainAsset(id) }

    package func keyFrames(of asset: AssetID) throws -> [StoredKeyFrame] {
        try catalog.keyFrames(of: asset)
    }

    package func keyFrame(of asset: AssetID, ordinal: Int) throws -> StoredKeyFrame? {
        try catalog.keyFrame(of: asset, ordinal: ordinal)
    }

    /// What each key frame of an asset stands for, by ordinal.
    package func keyFrameSpans(of asset: AssetID) throws -> [TimeSpan?] {
        try catalog.keyFrameSpans(of: asset)
    }

    /// Assets that commits after a generation brought.
    package func assets(broughtAfter generation: Int64) throws -> Set<AssetID> {
        try catalog.assets(broughtAfter: generation)
    }

    /// Where someone speaks, by start.
    package func speech(of asset: AssetID) throws -> [TimeSpan] {
        try catalog.speechMilliseconds(of: asset).map { StoredTime.span($0.start, $0.end) }
    }

    /// What was done to make the asset's record, and with which tool.
    package func steps(of asset: AssetID) throws -> [String: String] {
        try catalog.steps(of: asset)
    }

    /// The assets that pass a filter.
    package func assets(passing filter: AssetFilter) throws -> Set<AssetID> {
        try catalog.assets(passing: filter)
    }

    /// What was stored about how unrelated queries score, and of which generation it speaks.
    package func calibration() throws -> StoredCalibration? {
        try catalog.calibration()
    }

    package func passages(of asset: AssetID) throws -> [StoredPassage] {
        try texts.passages(of: asset)
    }

    package func spaces() throws -> [VectorSpace] { try catalog.spaces() }

    /// The vectors of a space, ready to search; nil when no asset was embedded in it.
    package func vectors(of space: VectorSpace.Name) throws -> AssetVectors? {
        guard let description = try catalog.spaces().first(where: { $0.name == space }) else {
            return nil
        }
        return try AssetVectors(
            space: description, connection: connection, paths: paths, files: files)
    }

    /// Files that are not in use, with the reason, by path: those that could not be read, and those
    /// that were taken out.
    package func problems() throws -> [(path: String, problem: String)] {
        try connection.statement(
            "SELECT path, problem FROM files WHERE problem NOT NULL ORDER BY path"
        ).rows { (path: $0.text(0), problem: $0.text(1)) }
    }
}

/// What `LibraryWriter.setCalibration` was given.
package struct StoredCalibration: Sendable, Equatable {
    package var generation: Int64
    package var data: String

    package init(generation: Int64, data: String) {
        self.generation = generation
        self.data = data
    }

    var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(generation)
        checksum.add(data)
        return checksum.value
    }
}
