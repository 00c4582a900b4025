package import Corpus
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
    private let catalog: Catalog
    private let texts: TextStore
    private let lock: WriterLock
    /// Passages went: their words must leave the text index's file too.
    private var hasRemovedPassages = false
    /// Pictures of rows removed in the open transaction, to be deleted once it has committed.
    private var discardedThumbnails: Set<String> = []

    /// Opens a library for writing, and makes it first when there is none.
    /// - Parameter startingAnew: empties the library first, whatever state it is in.
    package init(root: String, startingAnew: Bool = false) throws {
        paths = LibraryPaths(root: root)
        try DurableFile.makeFolder(paths.root)
        try Self.refuseForeignFolder(paths)
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
            try created.setJournalMode(.wal)
            try CatalogSchema.create(in: created, libraryID: manifest.libraryID)
            try manifest.write(to: paths)
        }
        let manifest = try Manifest.read(from: paths)
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        catalog = try Catalog(connection: connection, manifest: manifest, paths: paths)
        texts = try TextStore(connection: connection)
        // Another version of ICU may cut words elsewhere; passages and queries must agree.
        if texts.termVersion != TermTokenizer.version { try texts.rebuildIndex() }
        let wasCutShort =
            try connection.statement("SELECT is_being_written FROM library")
            .first { $0.int(0) != 0 } ?? false
        if isNew || wasCutShort { try sweep() }
        try connection.execute("UPDATE library SET is_being_written = 1")
    }

    // MARK: What is known

    package func files() throws -> [FileRecord] {
        try connection.statement(
            "SELECT path, size, modified_ns, inode, companions, asset, problem FROM files"
        ).rows { row in
            FileRecord(
                path: row.text(0),
                signature: FileSignature(
                    size: row.int(1), modifiedNanoseconds: row.int(2), inode: row.int(3),
                    companions: row.text(4)),
                asset: row.optionalInt(5).map { AssetID(value: max(0, $0)) },
                problem: row.optionalText(6))
        }
    }

    /// Whether a file's row can be trusted by its time stamp: one written within two seconds of
    /// the file's last change may have missed a second change.
    package func isSettled(_ path: String) throws -> Bool {
        try connection.statement("SELECT recorded_ns - modified_ns FROM files WHERE path = ?")
            .first(path) { $0.int(0) > 2_000_000_000 } ?? false
    }

    /// Whether the asset is in the library with vectors in all of these spaces.
    package func isComplete(_ asset: AssetID, spaces: [VectorSpace.Name]) throws -> Bool {
        guard try companions(of: asset) != nil else { return false }
        let embedded = try connection.statement("SELECT space FROM asset_vectors WHERE asset = ?")
            .rows(asset.value) { $0.text(0) }
        return Set(spaces.map(\.rawValue)).isSubset(of: embedded)
    }

    /// Signature of the subtitle files an asset was read with; nil when it is not in the library.
    package func companions(of asset: AssetID) throws -> String? {
        try connection.statement("SELECT companions FROM assets WHERE id = ?")
            .first(asset.value) { $0.text(0) }
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
        precondition(
            record.keyFrames.count == record.thumbnails.count, "Each key frame has a picture.")
        let id = record.asset.id
        try writeThumbnails(of: record)
        let spaces = try catalog.spaces()
        let generation = try catalog.generation() + 1
        var segments: [VectorSpace.Name: String] = [:]
        for space in spaces {
            guard let values = record.vectors[space.name] else { continue }
            let rows = record.rowCount(of: space.name)
            guard values.count == rows * space.dimension else {
                throw StorageError.wrongRowCount(
                    space: space.name.rawValue, expected: rows,
                    got: values.count / max(1, space.dimension))
            }
            guard rows > 0 else { continue }
            let name = segmentName(space.name, generation: generation)
            try writeSegment(name, space: space, generation: generation, values: values)
            segments[space.name] = name
        }
        try changing {
            try removeRows(of: id)
            try insertAsset(record, companions: file.signature.companions, generation: generation)
            for space in spaces where record.vectors[space.name] != nil {
                try claim(
                    rows: record.rowCount(of: space.name), of: space.name, for: id,
                    in: segments[space.name])
            }
            try upsert(file)
            try removeOrphans()
        }
    }

    /// Notes that a file is another copy of an asset, or of no use, or has changed its time stamp.
    package func note(_ file: FileRecord) throws {
        try changing {
            try upsert(file)
            try removeOrphans()
        }
    }

    /// Drops files that are gone, and the assets that were only there.
    package func forget(_ paths: [String]) throws {
        guard !paths.isEmpty else { return }
        try changing {
            for path in paths {
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
            try connection.statement("INSERT INTO calibration VALUES (?, ?)")
                .run(calibration.generation, calibration.data)
        }
    }

    /// Whether the library has changed since it was calibrated.
    package func needsCalibration() throws -> Bool {
        let known = try connection.statement("SELECT generation FROM calibration")
            .first { $0.int(0) }
        return try known != catalog.generation()
    }

    /// Tidies up after a run: joins small segments, and removes for good what was dropped.
    package func finish() throws {
        if hasRemovedPassages { try texts.compactIndex() }
        hasRemovedPassages = false
        try compact()
        try sweepSegments()
        try connection.execute("UPDATE library SET is_being_written = 0")
        // Those who search now keep what they see; the log is emptied when they are gone.
        try connection.checkpoint(waitsForReaders: false)
    }

    // MARK: Inside a transaction

    /// Runs `body` in a transaction that makes the next generation.
    func changing(_ body: () throws -> Void) throws {
        discardedThumbnails = []
        try connection.transaction {
            try body()
            try connection.statement("UPDATE library SET generation = generation + 1").run()
        }
        for picture in discardedThumbnails { unlink(picture) }
    }

    private func insertAsset(_ record: AssetRecord, companions: String, generation: Int64) throws {
        let asset = record.asset
        let durationMilliseconds = milliseconds(asset.durationSeconds)
        try connection.statement(
            """
            INSERT INTO assets
                (id, digest, partition, kind, duration_ms, title, note, companions, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            asset.id.value, record.digest, Int(record.digest[31] & 63), asset.kind.rawValue,
            durationMilliseconds, asset.title, record.note, companions, generation)
        let insertFrame = try connection.statement(
            """
            INSERT INTO key_frames (asset, ordinal, time_ms, end_ms, frame, difference)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        for (ordinal, frame) in record.keyFrames.enumerated() {
            let time = milliseconds(frame.timeSeconds)
            let end =
                ordinal + 1 < record.keyFrames.count
                ? milliseconds(record.keyFrames[ordinal + 1].timeSeconds) : durationMilliseconds
            try insertFrame.run(
                asset.id.value, ordinal, time, max(time, end), frame.frame, frame.difference)
        }
        discardedThumbnails.subtract(thumbnailPaths(of: record))
        for (ordinal, passage) in record.passages.enumerated() {
            _ = try texts.add(passage, asset: asset.id, ordinal: ordinal)
        }
    }

    private func claim(
        rows: Int, of space: VectorSpace.Name, for asset: AssetID, in segment: String?
    ) throws {
        var segmentID: Int64?
        if let segment {
            try connection.statement(
                "INSERT INTO vector_segments (space, file_name, rows) VALUES (?, ?, ?)"
            ).run(space.rawValue, segment, rows)
            segmentID = connection.lastInsertedRow
        }
        try connection.statement(
            """
            INSERT INTO asset_vectors (asset, space, segment, first_row, rows)
            VALUES (?, ?, ?, 0, ?)
            """
        ).run(asset.value, space.rawValue, segmentID, rows)
    }

    private func upsert(_ file: FileRecord) throws {
        try connection.statement(
            """
            INSERT OR REPLACE INTO files
                (path, asset, size, modified_ns, inode, companions, recorded_ns, problem)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            file.path, file.asset?.value, file.signature.size, file.signature.modifiedNanoseconds,
            file.signature.inode, file.signature.companions, Self.nanosecondsSince1970(),
            file.problem)
    }

    /// Removes assets that no file holds any longer.
    private func removeOrphans() throws {
        let orphans = try connection.statement(
            "SELECT id FROM assets WHERE id NOT IN (SELECT asset FROM files WHERE asset NOT NULL)"
        ).rows { AssetID(value: max(0, $0.int(0))) }
        for orphan in orphans { try removeRows(of: orphan) }
        if !orphans.isEmpty { hasRemovedPassages = true }
    }

    private func removeRows(of asset: AssetID) throws {
        discardedThumbnails.formUnion(
            try catalog.keyFrames(of: asset).map { paths.thumbnail($0.thumbnail) })
        try texts.removePassages(of: asset)
        try connection.statement("DELETE FROM key_frames WHERE asset = ?").run(asset.value)
        try connection.statement("DELETE FROM asset_vectors WHERE asset = ?").run(asset.value)
        // Files may still point here: the asset is then being replaced in this transaction.
        try connection.execute("PRAGMA defer_foreign_keys = ON")
        try connection.statement("DELETE FROM assets WHERE id = ?").run(asset.value)
    }

    // MARK: Files beside the catalogue

    func segmentName(_ space: VectorSpace.Name, generation: Int64) -> String {
        "\(space.rawValue)-\(generation).segment"
    }

    private func writeSegment(
        _ name: String, space: VectorSpace, generation: Int64, values: [Float]
    ) throws {
        let writer = try VectorSegmentWriter(
            path: paths.segment(name), dimension: space.dimension, element: .float16,
            generation: UInt64(generation),
            sketch: Self.shouldSketch(
                rows: values.count / space.dimension, dimension: space.dimension))
        try values.withUnsafeBufferPointer { try writer.append($0) }
        try writer.finish()
    }

    private func writeThumbnails(of record: AssetRecord) throws {
        for (path, picture) in zip(thumbnailPaths(of: record), record.thumbnails) {
            try DurableFile.writeDerived(picture, to: path)
        }
    }

    private func thumbnailPaths(of record: AssetRecord) -> [String] {
        record.keyFrames.map { frame in
            let time = milliseconds(frame.timeSeconds)
            return paths.thumbnail(ThumbnailName(asset: record.asset.id, milliseconds: time))
        }
    }

    /// Clamped: a time that a file made up must not stop the program.
    private func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite ? Int((min(max(seconds, 0), 1e12) * 1000).rounded()) : 0
    }

    private static func nanosecondsSince1970() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    private static func randomIdentity() -> String {
        hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// A library's folder holds our files only: `--index` pointed at a home folder is a mistake.
    private static func refuseForeignFolder(_ paths: LibraryPaths) throws {
        let ours: Set<String> = [
            "manifest.json", "manifest.json.new", "vectors", "thumbnails", "lock",
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
