internal import Corpus
internal import Glibc
internal import SQLite
internal import TextSearch
internal import UnicodeText
internal import VectorSearch

/// The one writer of a library. Each commit brings or drops whole assets and raises the generation.
///
/// Order of a commit: pictures, then vectors and their folder, synced, then the SQLite transaction
/// that names them. A crash in between leaves files that nothing names; `sweep` removes them.
package final class LibraryWriter {
    package let paths: LibraryPaths
    let connection: Connection
    let catalog: Catalog
    private let libraryID: String
    let texts: TextStore
    private let lock: WriterLock
    /// Passages went: their words must leave the text index's file too.
    var hasRemovedPassages = false
    /// There may be something to tidy up.
    var hasChanged = false
    /// Pictures of rows removed in the open transaction, to be deleted once it has committed.
    var discardedThumbnails: Set<String> = []
    /// Assets that lost a file in the open transaction.
    var abandonedAssets: Set<AssetID> = []
    var segmentsSinceCompaction = 0
    /// Folders of pictures that are known to be there.
    var thumbnailFolders: Set<String> = []
    private static let segmentsBetweenCompactions = 16

    /// Opens a library for writing, and makes it first when there is none.
    /// - Parameters:
    ///   - startingAnew: empties the library first, whatever state it is in.
    ///   - mustExist: makes none where there is none.
    package init(root: String, startingAnew: Bool = false, mustExist: Bool = false) throws {
        paths = LibraryPaths(root: root)
        guard !mustExist || access(paths.manifest, F_OK) == 0 else {
            throw StorageError.noLibrary(path: paths.root)
        }
        try DurableFile.makeFolder(paths.root)
        try Self.refuseForeignFolder(paths)
        try Disk.requireRoom(at: paths.root)
        lock = try WriterLock(paths: paths)
        // Without its manifest a folder is an unfinished library, which is begun again below.
        if startingAnew { unlink(paths.manifest) }
        try DurableFile.makeFolder(paths.vectors)
        try DurableFile.makeFolder(paths.thumbnails)

        // The manifest comes last: a folder with one has a whole catalogue.
        let isNew = access(paths.manifest, F_OK) != 0
        if isNew {
            let manifest = Manifest(
                libraryID: Self.randomIdentity(), icuVersion: UnicodeTables.icuVersion)
            Self.removeCatalog(paths)
            let created = try Connection(path: paths.catalog, mode: .readWriteCreate)
            try created.setJournalMode(FileSystem.journalMode(at: paths.root))
            try CatalogSchema.create(in: created, libraryID: manifest.libraryID)
            try manifest.write(to: paths)
        }
        let manifest = try Manifest.read(from: paths)
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        let reached = GenerationMark.read(from: paths, libraryID: manifest.libraryID)
        connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        // A library may have been moved to another kind of disk.
        try connection.setJournalMode(FileSystem.journalMode(at: paths.root))
        try CatalogMigration.runWhereNeeded(on: connection)
        catalog = try Catalog(connection: connection, manifest: manifest, paths: paths)
        try catalog.requireNotBehind(reached, paths: paths)
        libraryID = manifest.libraryID
        texts = try TextStore(connection: connection)
        // Another version of ICU may cut words elsewhere; passages and queries must agree.
        if texts.termVersion != TermTokenizer.version { try texts.rebuildIndex() }
        let wasCutShort =
            try connection.statement("SELECT is_being_written FROM library")
            .first { $0.int(0) != 0 } ?? false
        if wasCutShort, let problem = try connection.quickCheck().first {
            throw StorageError.damagedCatalog(path: paths.root, problem: problem)
        }
        if isNew || wasCutShort { try sweep() }
        if wasCutShort { try forgetAssetsWithoutPictures() }
        hasRemovedPassages = wasCutShort
        hasChanged = wasCutShort
        try connection.execute("UPDATE library SET is_being_written = 1")
    }

    // MARK: Changing

    /// Declares the model behind a space, or checks that it is still the same.
    package func use(_ space: VectorSpace) throws {
        if let known = try catalog.spaces().first(where: { $0.name == space.name }) {
            try known.requireSame(as: space)
            return
        }
        try connection.statement(
            "INSERT INTO vector_spaces (name, model, fingerprint, dimension) VALUES (?, ?, ?, ?)"
        ).run(space.name.rawValue, space.model, space.fingerprint, space.dimension)
    }

    /// Brings an asset and the file it was read from, whole, in place of what the path held.
    package func commit(_ record: AssetRecord, from file: FileRecord) throws {
        try commit([AssetCommit(record: record, file: file)])
    }

    /// Brings assets, each whole with the file it was read from, all of them or none: one
    /// generation, one transaction, and at most one segment a space. An asset that is there
    /// already is replaced and keeps its other files; of one that comes twice the last counts.
    package func commit(_ batch: [AssetCommit]) throws {
        guard !batch.isEmpty else { return }
        var last: [AssetID: Int] = [:]
        for (place, commit) in batch.enumerated() { last[commit.record.asset.id] = place }
        let commits = last.values.sorted().map { batch[$0] }
        for commit in commits {
            precondition(
                commit.record.keyFrames.count == commit.record.thumbnails.count,
                "Each key frame has a picture.")
            try writeThumbnails(of: commit.record)
        }
        let generation = try catalog.generation() + 1
        let rows = try catalog.spaces().map {
            try writeVectors(of: commits.map(\.record), in: $0, generation: generation)
        }
        try changing {
            for commit in batch { try upsert(commit.file) }
            // All that goes before all that comes: passages that come are one segment of postings.
            for commit in commits { try removeRows(of: commit.record.asset.id) }
            try removeOrphans()
            for commit in commits {
                try insert(
                    commit.record, companions: commit.file.signature.companions,
                    generation: generation)
            }
            for rows in rows { try claim(rows) }
        }
        segmentsSinceCompaction += rows.filter { $0.segment != nil }.count
        // Each segment costs a reader a descriptor.
        if segmentsSinceCompaction >= Self.segmentsBetweenCompactions { try compact() }
    }

    /// Notes that a file is another copy of an asset, or of no use, or has changed its time stamp.
    package func note(_ file: FileRecord) throws { try note([file]) }

    /// The same of many, in one generation.
    package func note(_ files: [FileRecord]) throws {
        guard !files.isEmpty else { return }
        try changing {
            for file in files { try upsert(file) }
            try removeOrphans()
        }
    }

    /// Drops files that are gone, and the assets that were only there.
    package func forget(_ paths: [String]) throws {
        guard !paths.isEmpty else { return }
        try changing {
            for path in paths {
                try abandon(path)
                try connection.statement("DELETE FROM files WHERE path = ?").run(path)
            }
            try removeOrphans()
        }
    }

    /// Keeps what was measured about how unrelated queries score, in place of what was kept before.
    /// No new generation: it describes one.
    package func setCalibration(_ calibration: StoredCalibration) throws {
        try connection.transaction {
            try connection.execute("DELETE FROM calibration")
            try connection.statement(
                "INSERT INTO calibration (generation, data, checksum) VALUES (?, ?, ?)"
            ).run(calibration.generation, calibration.data, calibration.checksum)
        }
    }

    /// Of the last commit.
    package func generation() throws -> Int64 { try catalog.generation() }

    /// Whether the library has changed since it was calibrated.
    package func needsCalibration() throws -> Bool {
        try catalog.calibration()?.generation != catalog.generation()
    }

    /// Tidies up after a run: joins small segments, and removes for good what was dropped.
    /// - Parameter purging: leaves no vector of what was dropped in any file, however much has to
    ///   be copied for it.
    package func finish(purging: Bool = false) throws {
        if hasRemovedPassages { try texts.compactIndex() }
        hasRemovedPassages = false
        if hasChanged { try compact(purging: purging) }
        try sweepSegments()
        // Pictures were written without waiting for the disk: now they are waited for at once.
        if hasChanged, case let number = FileSystem.flush(at: paths.root), number != 0 {
            throw StorageError.cannotWrite(path: paths.root, errorNumber: number)
        }
        hasChanged = false
        try connection.execute("UPDATE library SET is_being_written = 0")
        // Those who search now keep what they see; the log is emptied when they are gone.
        try connection.checkpoint(waitsForReaders: false)
    }

    /// Says that the generation in force is on the disk.
    func markGeneration() throws {
        try GenerationMark.write(catalog.generation(), libraryID: libraryID, to: paths)
    }

    // MARK: A new folder

    private static func randomIdentity() -> String {
        hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// A library's folder holds our files only: `--index` pointed at a home folder is a mistake.
    private static func refuseForeignFolder(_ paths: LibraryPaths) throws {
        let ours: Set<String> = [
            "manifest.json", "manifest.json.new", "vectors", "thumbnails", "lock", "generation",
        ]
        let foreign = DurableFile.names(in: paths.root).filter {
            !ours.contains($0) && !$0.hasPrefix("catalog.sqlite") && !$0.hasPrefix(".")
        }
        if let first = foreign.first {
            throw StorageError.notALibrary(
                path: paths.root, reason: "it holds other files (\(first))")
        }
    }

    private static func removeCatalog(_ paths: LibraryPaths) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(paths.catalog + suffix) }
    }
}
