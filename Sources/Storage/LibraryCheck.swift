internal import Glibc
internal import SQLite
internal import TextSearch
internal import VectorSearch

/// Looks for damage in a library: its pages, its passages, its text index, its vectors.
///
/// FTS5 checks its index by a statement that counts as a write, so the check holds the writer's
/// lock and takes back whatever it began.
package struct LibraryCheck {
    /// What is wrong, a sentence each; empty when nothing is.
    package private(set) var damage: [String] = []
    /// The text index is all that is wrong, and `repair` makes it again.
    package private(set) var isRepairable = false

    /// - Parameter deep: reads every vector as well.
    package init(root: String, deep: Bool) throws {
        let paths = LibraryPaths(root: root)
        let manifest = try Manifest.read(from: paths)
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        let lock = try WriterLock(paths: paths)
        defer { withExtendedLifetime(lock) {} }
        let connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        _ = try Catalog(connection: connection, manifest: manifest, paths: paths)
        let texts = try TextStore(connection: connection)
        damage += try connection.quickCheck()
        try connection.execute("BEGIN")
        let textDamage = try texts.integrityCheck()
        try connection.execute("ROLLBACK")
        isRepairable = damage.isEmpty && textDamage == [.index]
        damage += textDamage.map(\.description)
        let names = try connection.statement("SELECT file_name FROM vector_segments ORDER BY id")
            .rows { $0.text(0) }
        for name in names {
            let found = Self.damage(of: name, in: paths, deep: deep)
            if !found.isEmpty { isRepairable = false }
            damage += found
        }
    }

    /// Makes the text index again from the passages, whatever state it is in.
    package static func repair(root: String) throws {
        let paths = LibraryPaths(root: root)
        let manifest = try Manifest.read(from: paths)
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        let lock = try WriterLock(paths: paths)
        defer { withExtendedLifetime(lock) {} }
        let connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        _ = try Catalog(connection: connection, manifest: manifest, paths: paths)
        try TextStore(connection: connection).rebuildIndex()
        try connection.checkpoint(waitsForReaders: false)
    }

    private static func damage(
        of fileName: String, in paths: LibraryPaths, deep: Bool
    ) -> [String] {
        guard access(paths.segment(fileName), F_OK) == 0 else {
            return [StorageError.segmentMissing(name: fileName).description]
        }
        do {
            let segment = try VectorSegment(path: paths.segment(fileName))
            if deep { try segment.verify() }
            return []
        } catch {
            return ["\(error)"]
        }
    }
}
